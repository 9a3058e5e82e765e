using Weapp.TestKit;

namespace Weapp.PackageTests;

/// <summary>The chat room as one native executable.</summary>
public sealed class NativeAotTests(PackedRepository packed)
{
    [Fact]
    public async Task ChatRoom_published_natively_without_a_warning_talks()
    {
        var token = TestContext.Current.CancellationToken;
        var folder = packed.NewFolder("ChatRoom");
        await packed.BuildAsync("publish", "samples/ChatRoom", "--output", folder, "-p:Aot=true");

        Assert.False(File.Exists(Path.Combine(folder, "ChatRoom.dll")));
        await using var server = await ProcessServer.StartProgramAsync(
            Path.Combine(folder, "ChatRoom"), ["--SessionServer:ConnectionString=Data Source=sessions.db"], token);
        await Conversation.HoldAsync(server, token);
    }
}
