namespace Weapp.IntegrationTests.OfficialClient;

/// <summary>What only an app on our SDK promises: order.</summary>
public abstract class OwnAppConversation : Conversation
{
    [Fact]
    public async Task A_hundred_broadcasts_reach_twenty_phones_complete_and_in_order()
    {
        var (said, heard) = await TalkAsync();

        Assert.All(heard, words => Assert.Equal(said, words));
    }
}
