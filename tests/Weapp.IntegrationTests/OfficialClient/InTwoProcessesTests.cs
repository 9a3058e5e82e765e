using Weapp.IntegrationTests.Systems;

namespace Weapp.IntegrationTests.OfficialClient;

/// <summary>The official client against ChatRoom, with both servers in another process.</summary>
public sealed class InTwoProcessesTests : OwnAppConversation
{
    private protected override Task<ChatSystem> StartSystemAsync(string[] tunnelServer) => ChatSystem.InTwoProcessesAsync(tunnelServer, Token);
}
