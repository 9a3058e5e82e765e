using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.SessionServer.Diagnostics;
using Weapp.SessionServer.Sessions;
using Weapp.SessionServer.Store;

namespace Weapp.SessionServer.Hosting;

/// <summary>Before the first request: the database can be opened, and a simulated WeChat does not go unnoticed.</summary>
internal sealed class SessionServerStart(ISessionStore store, SessionKeyVault vault, IOptions<SessionServerOptions> options, ILogger<SessionServerStart> logger)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.WeChat.Mode == WeChatMode.Development)
            logger.DevelopmentWeChat();
        try
        {
            await store.OpenAsync(cancellationToken);
        }
        catch (SessionStoreException e)
        {
            throw new InvalidOperationException(
                options.Value.Store == SessionStoreKind.Redis
                    ? "Redis cannot be reached: check SessionServer:Redis, and that the server is running."
                    : "The session database cannot be opened: check SessionServer:ConnectionString, and that its folder exists and can be written to.",
                e.InnerException);
        }

        try
        {
            vault.Open();
        }
        catch (SessionStoreException e)
        {
            throw new InvalidOperationException(
                "The keys that encrypt each session_key can be neither read nor written: set SessionServer:KeyFolder to a folder that can be written to.",
                e.InnerException);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
