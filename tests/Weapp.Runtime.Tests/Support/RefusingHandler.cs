namespace Weapp.Runtime.Tests.Support;

/// <summary>Gives nobody a tunnel.</summary>
[TunnelHandler]
public sealed partial class RefusingHandler(Journal journal)
{
    [TunnelRequest]
    public async Task OnRequest(string tunnelId)
    {
        await Task.Yield();
        journal.Add($"request {tunnelId}");
        throw new InvalidOperationException("Nobody comes in here.");
    }
}
