using Microsoft.Playwright;

namespace Weapp.IntegrationTests.Browser;

/// <summary>One headless Chromium for all tests in a browser; every tab gets a storage of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "chromium";
    private const float DeadlineMs = 30_000;
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, Program))
            .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{Program} is not on the PATH; run ./test.sh, which installs what the tests need.");
        Assertions.SetDefaultExpectTimeout(DeadlineMs);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = Arguments, Timeout = DeadlineMs });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A new tab of a new person, who has not been anywhere yet.</summary>
    internal async Task<IPage> NewTabAsync(BrowserNewContextOptions options)
    {
        var context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(DeadlineMs);
        return await context.NewPageAsync();
    }
}
