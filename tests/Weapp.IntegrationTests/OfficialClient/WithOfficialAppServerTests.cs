using Weapp.IntegrationTests.Systems;

namespace Weapp.IntegrationTests.OfficialClient;

/// <summary>The official client against an app on the official Node SDK, with our two servers.</summary>
public sealed class WithOfficialAppServerTests : Conversation
{
    [Fact]
    public async Task A_hundred_broadcasts_at_once_reach_twenty_phones_complete()
    {
        // The demo does not wait for one broadcast before it starts the next, so that only the app knows their order.
        var (said, heard) = await TalkAsync();

        Assert.All(heard, words => Assert.Equal(said, words.Order(StringComparer.Ordinal)));
    }

    private protected override Task<ChatSystem> StartSystemAsync(string[] tunnelServer) =>
        ChatSystem.WithOfficialAppServerAsync(tunnelServer, Token);
}
