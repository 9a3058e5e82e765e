using System.Net.WebSockets;
using System.Text;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>A phone on the framework's own WebSocket.</summary>
public static class FrameworkPhone
{
    public static Task SendTextAsync(this ClientWebSocket phone, string text) =>
        phone.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>The next frame, which must be short.</summary>
    public static async Task<string> ReadTextAsync(this ClientWebSocket phone)
    {
        var buffer = new byte[4096];
        var received = await phone.ReceiveAsync(buffer, TestContext.Current.CancellationToken).WaitAsync(Phone.Deadline);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
