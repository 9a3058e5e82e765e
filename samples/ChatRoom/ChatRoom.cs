using Weapp;

namespace Chat;

/// <summary>One room for everybody: who comes, who goes, what they say.</summary>
[TunnelHandler<IChatClient>]
public sealed partial class ChatRoom(ITunnels<IChatClient> tunnels, ITunnelDirectory directory)
{
    private const string Lobby = "lobby";

    [TunnelConnect]
    public async Task OnConnect(string tunnelId, UserInfo user)
    {
        await directory.JoinAsync(tunnelId, Lobby);
        await tunnels.Room(Lobby).People(new People(await CountAsync(), Enter: user));
    }

    [TunnelMessage("speak")]
    public async Task OnSpeak(string tunnelId, SpeakPayload payload, UserInfo user) =>
        await tunnels.Room(Lobby).Speak(new Spoken(user, payload.Word));

    [TunnelClose]
    public async Task OnClose(string tunnelId, UserInfo user)
    {
        await directory.LeaveAsync(tunnelId, Lobby);
        await tunnels.Room(Lobby).People(new People(await CountAsync(), Leave: user));
    }

    private async ValueTask<int> CountAsync() => (await directory.MembersAsync(Lobby)).Count;
}
