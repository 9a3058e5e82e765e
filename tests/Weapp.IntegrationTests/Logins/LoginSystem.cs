using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Weapp.SessionServer;
using Weapp.TestKit;

namespace Weapp.IntegrationTests.Logins;

/// <summary>An app whose session server's clock belongs to the test.</summary>
internal sealed class LoginSystem : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weapp-test-");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private readonly List<IAsyncDisposable> _parts = [];
    private TaskCompletionSource? _failing;

    private LoginSystem()
    {
    }

    public Uri App { get; private set; } = null!;

    public Uri WeChat { get; private set; } = null!;

    /// <summary>App and session server are one.</summary>
    public static async Task<LoginSystem> InOneProcessAsync()
    {
        var system = new LoginSystem();
        var server = await system.StartAsync(
            static builder =>
            {
                builder.Services.AddWeapp(static _ => { });
                builder.Services.AddAuthentication().AddWeapp();
                builder.Services.AddAuthorization();
            },
            static app =>
            {
                app.MapWeappLogin("/login");
                app.MapWeappLogout("/logout");
                app.MapGet("/user", static (UserInfo user) => new { code = 0, message = "ok", data = new { userInfo = user } }).RequireAuthorization();
            });
        system.App = server.Address;
        return system;
    }

    /// <summary>ChatRoom in a process of its own asks the session server in this one.</summary>
    public static async Task<LoginSystem> InTwoProcessesAsync(CancellationToken cancellationToken)
    {
        var system = new LoginSystem();
        var server = await system.StartAsync(static _ => { }, app =>
        {
            app.Use(system.AnswerOrFailAsync);
            app.MapSessionServer("/mina_auth/");
        });
        var chatRoom = await ProcessServer.StartAsync("samples/ChatRoom", [$"--Weapp:AuthServerUrl={new Uri(server.Address, "/mina_auth/")}"], cancellationToken);
        system._parts.Add(chatRoom);
        system.App = chatRoom.Address;
        return system;
    }

    /// <summary>All sessions reach the end of their life.</summary>
    public void ExpireSessions() => _time.Advance(TimeSpan.FromDays(40));

    /// <summary>The session server, where it is in another process than the app, answers its next call with an error.</summary>
    /// <returns>Completes when it has done so.</returns>
    public Task FailOnceAsync() => (_failing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
            await part.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task AnswerOrFailAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/mina_auth", StringComparison.Ordinal) || Interlocked.Exchange(ref _failing, null) is not { } failing)
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.CompleteAsync();
        failing.SetResult();
    }

    private async Task<TestServer> StartAsync(Action<WebApplicationBuilder> configure, Action<WebApplication> map)
    {
        var server = await TestServer.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(_time);
                builder.Services.AddSessionServer(options =>
                {
                    options.ConnectionString = $"Data Source={Path.Combine(_folder.FullName, "sessions.db")};Pooling=False";
                    options.WeChat.Mode = WeChatMode.Development;
                });
                configure(builder);
            },
            app =>
            {
                app.MapDevelopmentWeChat();
                map(app);
            });
        _parts.Add(server);
        WeChat = server.Address;
        return server;
    }
}
