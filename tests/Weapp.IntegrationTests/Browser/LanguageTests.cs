using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Weapp.IntegrationTests.Browser;

/// <summary>The page speaks the browser's language, Chinese or English.</summary>
public sealed class LanguageTests(Chromium chromium) : BrowserTest(chromium)
{
    [Theory]
    [InlineData("zh-CN", "zh-CN", "聊天室", "进入聊天室", "人在线", "来了", "说点什么…", "发送")]
    [InlineData("zh-TW", "zh-CN", "聊天室", "进入聊天室", "人在线", "来了", "说点什么…", "发送")]
    [InlineData("en-GB", "en", "Chat room", "Join the room", "online", "joined", "Say something…", "Send")]
    [InlineData("fr-FR", "en", "Chat room", "Join the room", "online", "joined", "Say something…", "Send")]
    public async Task The_page_speaks_the_language_of_the_browser(
        string locale, string lang, string title, string join, string online, string enter, string word, string send)
    {
        var tab = await OpenAsync(new BrowserNewContextOptions { Locale = locale });

        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("lang", lang);
        await Expect(tab.Page).ToHaveTitleAsync(title);
        await Expect(tab.Join).ToHaveTextAsync(join);
        await tab.JoinAsync("小微");
        await Expect(tab.Page.Locator(".presence")).ToHaveTextAsync($"1 {online}");
        await tab.ExpectNoticeAsync($"小微 {enter}");
        await Expect(tab.Word).ToHaveAttributeAsync("placeholder", word);
        await Expect(tab.Send).ToHaveAccessibleNameAsync(send);
    }
}
