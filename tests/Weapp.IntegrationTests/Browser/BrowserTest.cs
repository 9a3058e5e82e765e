using Microsoft.Playwright;

namespace Weapp.IntegrationTests.Browser;

/// <summary>A test with a server of its own and any number of tabs, all of which must be without complaint at its end.</summary>
[Collection(OneBrowser.Name)]
public abstract class BrowserTest(Chromium chromium) : IAsyncLifetime
{
    private readonly List<ChatTab> _tabs = [];

    /// <summary>The test's token.</summary>
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ChatRoomServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ChatRoomServer.StartAsync(Token);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join("\n\n", _tabs.SelectMany(tab => tab.Complaints).Prepend(Server.Tail())));
        try
        {
            foreach (var tab in _tabs)
                await tab.DisposeAsync();
        }
        finally
        {
            await Server.DisposeAsync();
        }
    }

    /// <summary>Opens the chat page in a tab of a new person.</summary>
    private protected async Task<ChatTab> OpenAsync(BrowserNewContextOptions? options = null)
    {
        var tab = await ChatTab.OpenAsync(chromium, Server.Address, options ?? new() { Locale = "zh-CN" });
        _tabs.Add(tab);
        return tab;
    }

    /// <summary>Opens the chat page and enters the room.</summary>
    private protected async Task<ChatTab> JoinAsync(string nickname, BrowserNewContextOptions? options = null)
    {
        var tab = await OpenAsync(options);
        await tab.JoinAsync(nickname);
        return tab;
    }
}
