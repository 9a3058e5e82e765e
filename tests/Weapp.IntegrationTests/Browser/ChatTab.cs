using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Weapp.IntegrationTests.Browser;

/// <summary>The chat page in one tab: what a person does there and sees there.</summary>
internal sealed class ChatTab : IAsyncDisposable
{
    private readonly IPage _page;
    private readonly Uri _app;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<string> _refused = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly List<Func<string, bool>> _expectedComplaints = [];

    private ChatTab(IPage page, Uri app)
    {
        _page = page;
        _app = app;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Request += (_, request) => _requests.Enqueue(request.Url);
        page.RequestFailed += (_, request) =>
        {
            if (request.Failure?.Contains("csp", StringComparison.OrdinalIgnoreCase) is true)
                _refused.Enqueue(request.Url);
        };
        page.WebSocket += (_, socket) => _requests.Enqueue(socket.Url);
    }

    public IPage Page => _page;

    public ILocator Nickname => _page.Locator("#nickname");

    public ILocator Join => _page.Locator("#join");

    public ILocator JoinError => _page.Locator("#join-error");

    public ILocator Word => _page.Locator("#word");

    public ILocator Send => _page.Locator("#send");

    public ILocator Leave => _page.Locator("#leave");

    public ILocator Total => _page.Locator("#total");

    public ILocator Banner => _page.Locator("#banner");

    public ILocator Messages => _page.Locator("#messages > li.message");

    public ILocator Words => Messages.Locator(".word");

    /// <summary>Every URL the page has asked for, WebSockets included.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Errors and warnings of the browser's console, and errors that no script caught.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public static async Task<ChatTab> OpenAsync(Chromium chromium, Uri app, BrowserNewContextOptions options)
    {
        var tab = new ChatTab(await chromium.NewTabAsync(options), app);
        await tab._page.GotoAsync(app.AbsoluteUri);
        return tab;
    }

    /// <summary>Announces what the console will say: the test is about it.</summary>
    public void ExpectComplaint(Func<string, bool> match) => _expectedComplaints.Add(match);

    public async Task JoinAsync(string nickname)
    {
        await Nickname.FillAsync(nickname);
        await Join.ClickAsync();
        await ExpectStateAsync("online");
    }

    public async Task SayAsync(string word)
    {
        await Word.FillAsync(word);
        await Send.ClickAsync();
    }

    public Task ExpectStateAsync(string state) => Expect(_page.Locator("body")).ToHaveAttributeAsync("data-state", state);

    public Task ExpectTotalAsync(int total) => Expect(Total).ToHaveTextAsync($"{total}");

    public Task ExpectNoticeAsync(string text) => Expect(_page.Locator("#messages > li.notice", new() { HasText = text })).ToBeVisibleAsync();

    /// <summary>Waits until these, and no others, are the messages in the tab.</summary>
    public async Task ExpectMessagesAsync(params (string Who, string Word, bool IsOwn)[] messages)
    {
        await Expect(Messages).ToHaveCountAsync(messages.Length);
        for (var i = 0; i < messages.Length; i++)
        {
            var (who, word, isOwn) = messages[i];
            var message = Messages.Nth(i);
            await Expect(message.Locator(".who")).ToHaveTextAsync(who);
            await Expect(message.Locator(".word")).ToHaveTextAsync(word);
            await Expect(message).ToContainClassAsync(isOwn ? "message own" : "message");
            if (isOwn)
                await Expect(message).ToHaveAttributeAsync("data-state", "sent");
            else
                await Expect(message).Not.ToContainClassAsync("own");
        }

        // The expectations above see white space as one space.
        Assert.Equal(messages.Select(message => message.Word), await Words.AllTextContentsAsync());
    }

    /// <summary>Closes the tab; fails when the browser complained of the page, or when the page asked another host for anything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _page.Context.DisposeAsync();
        Assert.DoesNotContain(_complaints, complaint => !_expectedComplaints.Exists(match => match(complaint)));
        Assert.DoesNotContain(_requests.Except(_refused), url => new Uri(url).Authority != _app.Authority);
    }
}
