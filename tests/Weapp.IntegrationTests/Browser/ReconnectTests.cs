using static Microsoft.Playwright.Assertions;

namespace Weapp.IntegrationTests.Browser;

/// <summary>The server goes and comes back.</summary>
public sealed class ReconnectTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string TunnelRequests = "**/tunnel";

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Tabs_come_back_by_themselves_with_the_words_written_meanwhile(bool gently, bool keepsSessions)
    {
        var first = await JoinAsync("三木");
        var second = await JoinAsync("小微");

        await Server.StopAsync(gently, Token);
        foreach (var tab in (ChatTab[])[first, second])
        {
            tab.ExpectComplaint(ServerAway.IsComplaint);
            if (!keepsSessions)
                tab.ExpectComplaint(complaint => complaint.Contains("status of 401", StringComparison.Ordinal));
            await tab.ExpectStateAsync("reconnecting");
            await Expect(tab.Banner).ToHaveAttributeAsync("data-kind", "trouble");
            await Expect(tab.Banner).ToBeVisibleAsync();
        }

        await first.SayAsync("还在吗？");
        await Expect(first.Messages).ToHaveAttributeAsync("data-state", "pending");

        // The room keeps no history: the word must not be said before the other one is back to hear it.
        await first.Page.RouteAsync(TunnelRequests, route => route.AbortAsync("connectionrefused"));
        await Server.StartAgainAsync(keepsSessions, Token);
        await second.ExpectStateAsync("online");
        await first.ExpectStateAsync("reconnecting");
        await first.Page.UnrouteAsync(TunnelRequests);
        await first.ExpectStateAsync("online");

        await first.ExpectMessagesAsync(("三木", "还在吗？", true));
        await second.ExpectMessagesAsync(("三木", "还在吗？", false));
        await first.ExpectTotalAsync(2);
        await second.ExpectTotalAsync(2);
        await Expect(first.Banner).ToBeHiddenAsync();
        await second.SayAsync("在");
        await first.ExpectMessagesAsync(("三木", "还在吗？", true), ("小微", "在", false));
    }

    [Fact]
    public async Task A_word_that_was_lost_on_its_way_is_doubted_and_can_be_sent_again()
    {
        var loses = true;
        var tab = await OpenAsync();
        await tab.Page.RouteWebSocketAsync(_ => true, socket =>
        {
            var server = socket.ConnectToServer();
            socket.OnMessage(frame =>
            {
                var isLost = loses && frame.Text?.StartsWith("message:", StringComparison.Ordinal) is true;
                if (!isLost)
                {
                    server.Send(frame.Text!);
                    return;
                }

                loses = false;
                _ = socket.CloseAsync();
            });
        });
        await tab.JoinAsync("三木");

        await tab.SayAsync("听得到吗？");
        await Expect(tab.Messages).ToHaveAttributeAsync("data-state", "unsure");
        await tab.ExpectStateAsync("online");
        await tab.Messages.Locator(".again").ClickAsync();

        await tab.ExpectMessagesAsync(("三木", "听得到吗？", true));
        await Expect(tab.Messages.Locator(".again")).ToHaveCountAsync(0);
    }
}
