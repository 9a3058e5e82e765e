using System.Buffers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Weapp.Http;

namespace Weapp.Configuration;

/// <summary>Says which key is wrong and what it should be; never repeats a secret.</summary>
internal sealed class WeappOptionsValidator(IServiceProvider services) : IValidateOptions<WeappOptions>
{
    private const int LeastKeyLength = 16;

    // The web server takes no body of more than 30,000,000 bytes.
    private const int MaxEventBytes = 28 * 1024 * 1024;

    private static readonly SearchValues<char> NotInHosts = SearchValues.Create(" /\\?#@");

    private readonly bool _isDevelopment = services.GetService<IHostEnvironment>()?.IsDevelopment() == true;

    public ValidateOptionsResult Validate(string? name, WeappOptions options)
    {
        var failures = new List<string>();
        CheckUrl(failures, nameof(options.AuthServerUrl), options.AuthServerUrl, "the session server's address, such as https://auth.example.com/mina_auth/");
        CheckUrl(failures, nameof(options.TunnelServerUrl), options.TunnelServerUrl, "the tunnel server's address, such as https://ws.example.com", isBase: true);
        CheckUrl(failures, nameof(options.PublicUrl), options.PublicUrl, "scheme and host of this app, such as https://www.example.com", isBase: true);
        CheckUrl(failures, nameof(options.NetworkProxy), options.NetworkProxy, "a proxy's address, such as http://10.0.0.1:3128");
        var isRemote = !string.IsNullOrEmpty(options.TunnelServerUrl);
        if (isRemote && string.IsNullOrEmpty(options.ServerHost))
            failures.Add("Weapp:ServerHost is missing: with Weapp:TunnelServerUrl set, give this app's public host name, such as www.example.com.");
        if (isRemote && string.IsNullOrEmpty(options.TunnelSignatureKey))
            failures.Add("Weapp:TunnelSignatureKey is missing: with Weapp:TunnelServerUrl set, give the secret that this app shares with the tunnel server.");
        if (options.TunnelSignatureKey is { Length: > 0 } key && string.IsNullOrWhiteSpace(key))
            failures.Add("Weapp:TunnelSignatureKey must be a secret: white space alone is easily guessed.");
        if (options.AuthSignatureKey is { } auth && string.IsNullOrWhiteSpace(auth))
            failures.Add("Weapp:AuthSignatureKey must be a secret; leave it out where the session server asks for no signatures.");
        if (options.AppId is { } appId && !(appId.Length > 0 && appId.All(char.IsAsciiLetterOrDigit)))
            failures.Add("Weapp:AppId must be an app id of letters and digits, such as wx4f4bc4dec97d474b; leave it out for the session server's own.");
        if (options.TunnelAlternateSignatureKey is { } other && string.IsNullOrWhiteSpace(other))
            failures.Add("Weapp:TunnelAlternateSignatureKey must be a secret; leave it out where there is no second key.");
        if (options.TunnelAlternateSignatureKey is not null && string.IsNullOrEmpty(options.TunnelSignatureKey))
            failures.Add("Weapp:TunnelAlternateSignatureKey is of no use without Weapp:TunnelSignatureKey.");
        if (!Enum.IsDefined(options.TunnelSignatureMode))
            failures.Add("Weapp:TunnelSignatureMode must be Legacy, Both or HmacOnly.");
        CheckStrength(failures, nameof(options.TunnelSignatureKey), options.TunnelSignatureKey);
        CheckStrength(failures, nameof(options.TunnelAlternateSignatureKey), options.TunnelAlternateSignatureKey);
        CheckStrength(failures, nameof(options.AuthSignatureKey), options.AuthSignatureKey);
        if (isRemote && !_isDevelopment && options.TunnelSignatureMode != TunnelSignatureMode.HmacOnly && PeerAddress.LeavesInTheClear(options.TunnelServerUrl!))
        {
            failures.Add(
                "Weapp:TunnelServerUrl must be https, or the key would be sent in the clear; for plain http on the way to a tunnel server of ours, set "
                + "Weapp:TunnelSignatureMode to HmacOnly at both ends, which does not send it.");
        }

        if (options.ServerHost is { Length: > 0 } host && host.AsSpan().ContainsAny(NotInHosts))
            failures.Add("Weapp:ServerHost must be a host name alone, with a port where it is not the usual one: www.example.com, not https://www.example.com/.");
        if (options.NetworkTimeout <= TimeSpan.Zero || options.NetworkTimeout > TimeSpan.FromMinutes(10))
            failures.Add("Weapp:NetworkTimeout must be more than zero and at most ten minutes, such as 00:00:30.");
        if (options.CheckCacheDuration < TimeSpan.Zero || options.CheckCacheDuration > TimeSpan.FromHours(1))
            failures.Add("Weapp:CheckCacheDuration must be from zero, which means no cache, to one hour, such as 00:00:30.");
        if (options.MaxEventBytes is < 1024 or > MaxEventBytes)
            failures.Add($"Weapp:MaxEventBytes must be from 1024 to {MaxEventBytes} bytes.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private void CheckStrength(List<string> failures, string key, string? value)
    {
        if (!_isDevelopment && !string.IsNullOrWhiteSpace(value) && value.Length < LeastKeyLength)
            failures.Add($"Weapp:{key} must have at least {LeastKeyLength} characters outside Development, or it can be guessed: make one with openssl rand -hex 32.");
    }

    private static void CheckUrl(List<string> failures, string key, string? value, string expected, bool isBase = false)
    {
        if (string.IsNullOrEmpty(value))
            return;
        // Paths are put behind a base, which only works where nothing else stands there.
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || (isBase && (url.Query.Length > 0 || url.Fragment.Length > 0)))
            failures.Add($"Weapp:{key} must be {expected}.");
    }
}
