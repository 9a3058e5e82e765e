using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests.Support;

/// <summary>The apps of these tests: session servers, and apps whose users log in.</summary>
internal static class Apps
{
    /// <summary>A session server on a database file of its own, with a simulated WeChat unless the test says otherwise.</summary>
    public static Task<TestServer> SessionServerAsync(TempFolder folder, TimeProvider? time = null, Action<SessionServerOptions>? configure = null) =>
        TestServer.StartAsync(
            builder => AddSessionServer(builder, folder, time, configure),
            static app =>
            {
                app.MapSessionServer();
                app.MapDevelopmentWeChat();
            });

    /// <summary>An app with the session server inside.</summary>
    public static Task<TestServer> EmbeddedAsync(TempFolder folder, TimeProvider? time = null, Action<WebApplication>? map = null) =>
        TestServer.StartAsync(
            builder =>
            {
                AddSessionServer(builder, folder, time, null);
                AddApp(builder, null);
            },
            app =>
            {
                app.MapDevelopmentWeChat();
                MapApp(app);
                map?.Invoke(app);
            });

    /// <summary>An app whose session server is elsewhere.</summary>
    public static Task<TestServer> RemoteAsync(
        Uri? authServerUrl, TimeProvider? time = null, Action<WeappOptions>? configure = null, Action<IServiceCollection>? services = null) =>
        TestServer.StartAsync(
            builder =>
            {
                if (time is not null)
                    builder.Services.AddSingleton(time);
                AddApp(builder, options =>
                {
                    options.AuthServerUrl = authServerUrl?.ToString();
                    configure?.Invoke(options);
                });
                services?.Invoke(builder.Services);
            },
            MapApp);

    private static void AddSessionServer(WebApplicationBuilder builder, TempFolder folder, TimeProvider? time, Action<SessionServerOptions>? configure)
    {
        if (time is not null)
            builder.Services.AddSingleton(time);
        builder.Services.AddSessionServer(options =>
        {
            options.ConnectionString = $"Data Source={folder.File("sessions.db")}";
            options.WeChat.Mode = WeChatMode.Development;
            configure?.Invoke(options);
        });
    }

    private static void AddApp(WebApplicationBuilder builder, Action<WeappOptions>? configure)
    {
        if (configure is not null)
            builder.Services.Configure(configure);
        builder.Services.AddAuthentication().AddWeapp();
        builder.Services.AddAuthorization();
    }

    private static void MapApp(WebApplication app)
    {
        app.MapWeappLogin("/login");
        app.MapWeappLogin("/blocked", static (_, user) => user.NickName == "三木" ? throw new InvalidOperationException("blocked") : ValueTask.CompletedTask);
        app.MapWeappLogout("/logout");
        app.MapGet("/service/login", static (HttpContext context, ILoginService login) => TryAsync(context, login.LoginAsync(context)));
        app.MapGet("/service/check", static (HttpContext context, ILoginService login) => TryAsync(context, login.CheckAsync(context)));
        app.MapPost("/service/logout", static async (HttpContext context, ILoginService login) =>
        {
            try
            {
                await login.LogoutAsync(context);
                return Results.Text("left");
            }
            catch (LoginException)
            {
                return Results.Empty;
            }
        });
        app.MapGet("/user", static (UserInfo user) => user).RequireAuthorization();
        app.MapGet("/claims", static (HttpContext context) => string.Join(';', context.User.Claims.Select(static claim => $"{claim.Type}={claim.Value}"))).RequireAuthorization();
        app.MapGet("/maybe", static (UserInfo? user) => user?.NickName ?? "nobody");
        app.MapGet("/anyone", static (UserInfo user) => user.NickName);
    }

    /// <summary>Tells by a log line what the caller of the login service saw, since the answer may be written already.</summary>
    private static async Task TryAsync(HttpContext context, ValueTask<UserInfo> login)
    {
        var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Test");
        try
        {
            logger.LogInformation("returned {NickName}, answer written: {Written}", (await login).NickName, context.Response.HasStarted);
        }
        catch (LoginException e)
        {
            logger.LogInformation("threw {Type}, answer written: {Written}", e.Type, context.Response.HasStarted);
        }
    }
}
