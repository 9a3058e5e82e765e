namespace Weapp.TestApp;

/// <summary>A numbered message.</summary>
public sealed record Numbered(int Number);

/// <summary>What phones are told.</summary>
[TunnelClient]
public interface IEchoClient
{
    /// <summary>The number that the phone said.</summary>
    [TunnelMessage("echo")]
    ValueTask<EmitResult> EchoAsync(Numbered content);
}

/// <summary>Writes down events and which answers were taken.</summary>
[TunnelHandler<IEchoClient>]
internal sealed partial class EchoHandler(ITunnels<IEchoClient> tunnels, Diary diary)
{
    [TunnelConnect]
    public void OnConnect(string tunnelId) => diary.Write($"{tunnelId} connect");

    [TunnelMessage("say")]
    public async Task OnSay(string tunnelId, Numbered said)
    {
        diary.Write($"{tunnelId} say {said.Number}");
        if (await tunnels.Emit(tunnelId).EchoAsync(said) is { HasInvalidTunnelIds: false, HasUndeliveredTunnelIds: false })
            diary.Write($"{tunnelId} echo {said.Number}");
    }

    [TunnelClose]
    public void OnClose(string tunnelId) => diary.Write($"{tunnelId} close");
}
