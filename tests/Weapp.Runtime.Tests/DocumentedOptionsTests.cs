using Weapp.TestKit;

namespace Weapp.Runtime.Tests;

public sealed class DocumentedOptionsTests
{
    [Theory]
    [InlineData("docs/app.md")]
    [InlineData("docs/app.zh-CN.md")]
    public void Every_option_of_the_app_and_of_a_tunnel_path_is_documented_with_its_default(string document) =>
        Assert.Equal(SettingsTable.Of(new WeappOptions(), new TunnelEndpointOptions()), SettingsTable.In(document));
}
