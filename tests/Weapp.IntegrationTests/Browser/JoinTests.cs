using static Microsoft.Playwright.Assertions;

namespace Weapp.IntegrationTests.Browser;

/// <summary>The way in, and what the page says when it is barred.</summary>
public sealed class JoinTests(Chromium chromium) : BrowserTest(chromium)
{
    [Theory]
    [InlineData("")]
    [InlineData("  \u3000 ")]
    public async Task Nobody_joins_without_a_nickname(string nickname)
    {
        var tab = await OpenAsync();
        await tab.Nickname.FillAsync(nickname);

        await tab.Join.ClickAsync();

        await Expect(tab.JoinError).ToHaveTextAsync("请先起一个昵称。");
        await Expect(tab.Nickname).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(tab.Word).ToBeHiddenAsync();
        await tab.ExpectStateAsync("closed");
        Assert.DoesNotContain(tab.Requests, url => new Uri(url).AbsolutePath is "/dev/wechat/login" or "/login");
    }

    [Fact]
    public async Task A_suggested_nickname_is_good_to_join_with()
    {
        var tab = await OpenAsync();
        var before = await tab.Nickname.InputValueAsync();

        await tab.Page.Locator("#suggest").ClickAsync();
        await Expect(tab.Nickname).Not.ToHaveValueAsync(before);
        var nickname = await tab.Nickname.InputValueAsync();
        await tab.Nickname.PressAsync("Enter");

        await tab.ExpectStateAsync("online");
        await tab.ExpectNoticeAsync($"{nickname} 来了");
    }

    [Fact]
    public async Task The_page_says_that_the_server_is_away_and_joins_when_it_is_back()
    {
        var tab = await OpenAsync();
        tab.ExpectComplaint(ServerAway.IsComplaint);
        await Server.StopAsync(gently: false, Token);

        await tab.Nickname.FillAsync("三木");
        await tab.Join.ClickAsync();
        await Expect(tab.JoinError).ToHaveTextAsync("连不上服务器。请确认示例程序正在运行，然后再试一次。");
        await tab.ExpectStateAsync("closed");
        await Server.StartAgainAsync(keepsSessions: true, Token);
        await tab.Join.ClickAsync();

        await tab.ExpectStateAsync("online");
        await tab.ExpectTotalAsync(1);
    }
}
