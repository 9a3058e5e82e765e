using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Weapp.Login;

/// <summary>An app with the scheme <c>Weapp</c> and no session server fails when it starts, not at its first request.</summary>
/// <remarks>Endpoints that log in or check see to it when they are mapped.</remarks>
internal sealed class SessionServerStartCheck(LoginChecker checker, IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<IAuthenticationSchemeProvider>() is { } schemes
            && (await schemes.GetAllSchemesAsync()).Any(static scheme => scheme.HandlerType == typeof(WeappAuthenticationHandler)))
            checker.RequireSessionServer();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
