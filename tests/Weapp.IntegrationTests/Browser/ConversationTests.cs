using static Microsoft.Playwright.Assertions;

namespace Weapp.IntegrationTests.Browser;

/// <summary>Two people at two tabs.</summary>
public sealed class ConversationTests(Chromium chromium) : BrowserTest(chromium)
{
    private static readonly string[] Hard =
    [
        "大家好啊",
        "😀👩‍🚀🇨🇳",
        "\"double\" 'single' \\ back",
        "<b>bold</b><img src=x onerror=alert(1)> &amp;",
        "line\n  next line",
    ];

    [Fact]
    public async Task Two_people_see_each_other_come()
    {
        var first = await JoinAsync("三木");
        await first.ExpectTotalAsync(1);

        var second = await JoinAsync("小微");

        await first.ExpectNoticeAsync("小微 来了");
        await first.ExpectTotalAsync(2);
        await second.ExpectNoticeAsync("小微 来了");
        await second.ExpectTotalAsync(2);
    }

    [Fact]
    public async Task Words_reach_both_with_their_speaker_and_as_they_were_written()
    {
        var first = await JoinAsync("三木");
        var second = await JoinAsync("小微");

        var said = new List<(bool IsFirst, string Word)>();
        foreach (var word in Hard)
        {
            var isFirst = said.Count % 2 == 0;
            said.Add((isFirst, word));
            await (isFirst ? first : second).SayAsync(word);
            await Expect(first.Words).ToHaveCountAsync(said.Count);
            await Expect(second.Words).ToHaveCountAsync(said.Count);
        }

        await first.ExpectMessagesAsync([.. said.Select(one => (one.IsFirst ? "三木" : "小微", one.Word, one.IsFirst))]);
        await second.ExpectMessagesAsync([.. said.Select(one => (one.IsFirst ? "三木" : "小微", one.Word, !one.IsFirst))]);
        await Expect(first.Words.Locator("*")).ToHaveCountAsync(0);
        await Expect(second.Words.Locator("*")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_nickname_is_text_too()
    {
        const string Name = "<i>\"小'微\" & 😀</i>";
        var first = await JoinAsync("三木");

        var second = await JoinAsync(Name);
        await second.SayAsync("大家好");

        await first.ExpectNoticeAsync($"{Name} 来了");
        await first.ExpectMessagesAsync((Name, "大家好", false));
    }

    [Fact]
    public async Task Who_leaves_is_missed_and_may_come_back()
    {
        var first = await JoinAsync("三木");
        var second = await JoinAsync("小微");
        await first.ExpectTotalAsync(2);

        await second.Leave.ClickAsync();

        await first.ExpectNoticeAsync("小微 走了");
        await first.ExpectTotalAsync(1);
        await second.ExpectStateAsync("closed");
        await Expect(second.Nickname).ToHaveValueAsync("小微");
        await second.Join.ClickAsync();
        await first.ExpectTotalAsync(2);
        await second.ExpectTotalAsync(2);
    }

    [Fact]
    public async Task Enter_sends_and_shift_enter_breaks_the_line()
    {
        var tab = await JoinAsync("三木");

        await tab.Word.PressSequentiallyAsync("one");
        await tab.Word.PressAsync("Shift+Enter");
        await tab.Word.PressSequentiallyAsync("two");
        await tab.Word.PressAsync("Enter");

        await tab.ExpectMessagesAsync(("三木", "one\ntwo", true));
        await Expect(tab.Word).ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_reloaded_tab_is_still_the_same_person()
    {
        var tab = await JoinAsync("三木");
        await tab.SayAsync("before");
        var openId = await tab.Messages.GetAttributeAsync("data-open-id");
        var logins = CountLogins();

        await tab.Page.ReloadAsync();
        await Expect(tab.Nickname).ToHaveValueAsync("三木");
        await tab.Join.ClickAsync();
        await tab.ExpectStateAsync("online");
        await tab.SayAsync("after");

        await tab.ExpectMessagesAsync(("三木", "after", true));
        Assert.Equal(openId, await tab.Messages.GetAttributeAsync("data-open-id"));
        Assert.Equal(1, logins);
        Assert.Equal(logins, CountLogins());

        int CountLogins() => tab.Requests.Count(url => new Uri(url).AbsolutePath == "/login");
    }
}
