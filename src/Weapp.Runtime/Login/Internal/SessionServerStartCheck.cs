using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Diagnostics;
using Weapp.Http;

namespace Weapp.Login;

/// <summary>
/// An app with the scheme <c>Weapp</c> and no session server fails when it starts, not at its first request; and a session server that is asked
/// over the internet without TLS does not go unnoticed.
/// </summary>
/// <remarks>Endpoints that log in or check see to the former when they are mapped.</remarks>
internal sealed class SessionServerStartCheck(LoginChecker checker, IOptions<WeappOptions> options, ILoggerFactory loggers, IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<IAuthenticationSchemeProvider>() is { } schemes
            && (await schemes.GetAllSchemesAsync()).Any(static scheme => scheme.HandlerType == typeof(WeappAuthenticationHandler)))
            checker.RequireSessionServer();
        if (PeerAddress.LeavesInTheClear(options.Value.AuthServerUrl ?? ""))
            loggers.CreateLogger(LoginLog.Category).SessionServerInTheClear();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
