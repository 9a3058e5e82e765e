using Weapp.IntegrationTests.Systems;

namespace Weapp.IntegrationTests.OfficialClient;

/// <summary>The official client against ChatRoom, which holds both servers as well.</summary>
public sealed class InOneProcessTests : OwnAppConversation
{
    private protected override Task<ChatSystem> StartSystemAsync(string[] tunnelServer) => ChatSystem.InOneProcessAsync(tunnelServer, Token);
}
