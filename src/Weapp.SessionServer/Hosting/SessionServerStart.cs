using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.SessionServer.Diagnostics;
using Weapp.SessionServer.Store;

namespace Weapp.SessionServer.Hosting;

/// <summary>Before the first request: the database can be opened, and a simulated WeChat does not go unnoticed.</summary>
internal sealed class SessionServerStart(SessionStore store, IOptions<SessionServerOptions> options, ILogger<SessionServerStart> logger)
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
        catch (Microsoft.Data.Sqlite.SqliteException e)
        {
            throw new InvalidOperationException("The session database cannot be opened: check SessionServer:ConnectionString, and that its folder exists and can be written to.", e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
