namespace Weapp.Runtime.Tests.Support;

/// <summary>Fails when a tunnel closes.</summary>
[TunnelHandler]
public sealed partial class FailingCloseHandler
{
    [TunnelClose]
    public static Task OnClose(string tunnelId) => throw new InvalidOperationException($"no goodbye for {tunnelId}");
}
