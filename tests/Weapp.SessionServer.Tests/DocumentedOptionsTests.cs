using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

public sealed class DocumentedOptionsTests
{
    [Theory]
    [InlineData("docs/session-server.md")]
    [InlineData("docs/session-server.zh-CN.md")]
    public void Every_option_is_documented_with_its_default(string document) =>
        Assert.Equal(SettingsTable.Of(new SessionServerOptions()), SettingsTable.In(document));
}
