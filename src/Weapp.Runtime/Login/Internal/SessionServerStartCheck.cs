using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Weapp.Login.Internal;

/// <summary>An app that uses login without a session server fails when it starts, not at its first login.</summary>
internal sealed class SessionServerStartCheck(SessionServerSource source, IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (source.IsUsed || await IsSchemeThereAsync())
            _ = source.Server;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> IsSchemeThereAsync() =>
        services.GetService<IAuthenticationSchemeProvider>() is { } schemes
        && (await schemes.GetAllSchemesAsync()).Any(static scheme => scheme.HandlerType == typeof(WeappAuthenticationHandler));
}
