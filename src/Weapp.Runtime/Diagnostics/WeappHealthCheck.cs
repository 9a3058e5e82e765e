using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Weapp.Login;
using Weapp.Outbound;

namespace Weapp.Diagnostics;

/// <summary>Whether the servers that the app talks to over HTTP can be reached. Embedded ones are there as long as the app is.</summary>
internal sealed class WeappHealthCheck(IHttpClientFactory clients, IOptions<WeappOptions> options, TimeProvider time) : IHealthCheck
{
    private readonly WeappOptions _options = options.Value;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        List<string> missing = [];
        await CheckAsync("tunnel server", TunnelServerClient.HttpClientName, _options.TunnelServerUrl, missing, cancellationToken);
        await CheckAsync("session server", HttpSessionServer.HttpClientName, _options.AuthServerUrl, missing, cancellationToken);
        return missing.Count == 0
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, string.Join(' ', missing));
    }

    private async Task CheckAsync(string server, string client, string? url, List<string> missing, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(url))
            return;
        using var deadline = new CancellationTokenSource(_options.NetworkTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            // Any answer will do: neither server has a path of the protocol that does nothing.
            using var answer = await clients.CreateClient(client).GetAsync(url, HttpCompletionOption.ResponseHeadersRead, both.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException || deadline.IsCancellationRequested)
        {
            missing.Add($"The {server} cannot be reached.");
        }
    }
}
