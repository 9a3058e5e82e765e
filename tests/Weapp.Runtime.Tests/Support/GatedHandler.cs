namespace Weapp.Runtime.Tests.Support;

/// <summary>Methods that end when the test wants, or not at all.</summary>
[TunnelHandler]
public sealed partial class GatedHandler(Journal journal)
{
    [TunnelMessage("work")]
    public async Task OnWork(string tunnelId, string name)
    {
        journal.Add($"{tunnelId} {name} begins");
        await journal.WaitAt(name);
        journal.Add($"{tunnelId} {name} ends");
    }

    /// <summary>Waits without giving its thread back.</summary>
    [TunnelMessage("block")]
    public void OnBlock(string tunnelId, string name)
    {
        journal.Add($"{tunnelId} {name} begins");
        ((IAsyncResult)journal.WaitAt(name)).AsyncWaitHandle.WaitOne();
        journal.Add($"{tunnelId} {name} ends");
    }

    [TunnelMessage("listen")]
    public async Task OnListen(string tunnelId, CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(cancelled.SetResult))
        {
            journal.Add($"{tunnelId} listens");
            await cancelled.Task;
        }

        journal.Add($"{tunnelId} was cancelled");
    }

    [TunnelMessage("throw")]
    public void OnThrow(string tunnelId) => throw new InvalidOperationException($"no luck for {tunnelId}");

    [TunnelMessage("fail")]
    public async Task OnFail(string tunnelId)
    {
        await Task.Yield();
        throw new InvalidOperationException($"no luck for {tunnelId}");
    }

    [TunnelRequest]
    public async Task OnRequest(string tunnelId)
    {
        journal.Add($"request {tunnelId}");
        await journal.WaitAt("request");
    }

    [TunnelClose]
    public void OnClose(string tunnelId) => journal.Add($"{tunnelId} closes");
}
