using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Weapp.TestKit;

/// <summary>
/// A real app on Kestrel, on a free loopback port. Disposing it fails the test when the app logged an error that the test did not
/// announce, or a secret.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly List<Func<LogLine, bool>> _expectedErrors = [];
    // Phones that connect at the same time add to it.
    private readonly ConcurrentQueue<string> _secrets = [];
    private bool _stopped;

    private TestServer(WebApplication app, LogCapture logs)
    {
        App = app;
        Logs = logs;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address };
    }

    public WebApplication App { get; }

    public LogCapture Logs { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Starts an app.</summary>
    /// <param name="configure">Adds services and configuration.</param>
    /// <param name="map">Maps endpoints.</param>
    /// <param name="port">0 for any free port.</param>
    /// <param name="environment">The host's environment.</param>
    public static async Task<TestServer> StartAsync(
        Action<WebApplicationBuilder> configure, Action<WebApplication> map, int port = 0, string environment = "Production")
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ApplicationName = typeof(TestServer).Assembly.GetName().Name, EnvironmentName = environment });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        var logs = new LogCapture();
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Trace);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        configure(builder);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new TestServer(app, logs);
    }

    /// <summary>Announces an error or critical log line: the test is about it.</summary>
    public TestServer ExpectError(Func<LogLine, bool> match)
    {
        _expectedErrors.Add(match);
        return this;
    }

    /// <summary>Names a text that must not be logged at any level.</summary>
    public TestServer Secret(params string[] secrets)
    {
        foreach (var secret in secrets)
            _secrets.Enqueue(secret);
        return this;
    }

    public T Service<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>Stops the app as SIGTERM would.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
            return;
        _stopped = true;
        await App.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        await App.DisposeAsync();
        var errors = Logs.Lines.Where(line => line.Level >= LogLevel.Error && !_expectedErrors.Exists(match => match(line))).ToList();
        if (errors.Count > 0)
            throw new InvalidOperationException($"The app logged {errors.Count} unexpected errors, first: {errors[0]}");
        foreach (var secret in _secrets)
        {
            // Kestrel's and the HTTP client's own trace lines show what they were sent; ours must not.
            if (Logs.Lines.FirstOrDefault(line => line.Category.StartsWith("Weapp", StringComparison.Ordinal) && line.Text.Contains(secret, StringComparison.Ordinal)) is { } leak)
                throw new InvalidOperationException($"A secret was logged by {leak.Category}, event {leak.EventId}");
        }
    }
}
