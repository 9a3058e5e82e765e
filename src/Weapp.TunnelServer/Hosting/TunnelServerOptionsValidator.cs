using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Weapp.Redis;
using Weapp.TunnelServer.Http;

namespace Weapp.TunnelServer.Hosting;

/// <summary>Every message starts with the key, and none holds a secret.</summary>
internal sealed class TunnelServerOptionsValidator(IHostEnvironment environment) : IValidateOptions<TunnelServerOptions>
{
    private const int LeastKeyLength = 16;
    private const int OneKiB = 1024;
    private const int MaxBytes = 64 * 1024 * 1024;
    private const int MaxCount = 1_000_000;

    // The web server takes no body of more than 30,000,000 bytes.
    private const int MaxCallBytes = 28 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, TunnelServerOptions options)
    {
        List<string> failures = [];

        void Check(bool ok, string key, string expected)
        {
            if (!ok)
                failures.Add($"{TunnelServerOptions.Section}:{key} {expected}");
        }

        void CheckTime(TimeSpan value, string key, TimeSpan least, TimeSpan most) =>
            Check(value >= least && value <= most, key, $"must be from {least} to {most}.");

        void CheckStrength(string? key, string name) => Check(
            environment.IsDevelopment() || key is not { Length: > 0 and < LeastKeyLength },
            name,
            $"must have at least {LeastKeyLength} characters outside Development, or it can be guessed: make one with openssl rand -hex 32.");

        void CheckBytes(int value, string key) => Check(value is >= OneKiB and <= MaxBytes, key, $"must be from {OneKiB} to {MaxBytes} bytes.");

        void CheckCount(int value, string key) => Check(value is >= 1 and <= MaxCount, key, $"must be from 1 to {MaxCount}.");

        Check(
            options.PublicUrl is null || ConnectAddress.TryGetBase(options.PublicUrl, out _),
            nameof(options.PublicUrl),
            "must be an absolute http, https, ws or wss address without query.");
        Check(options.SignatureKey is not "", nameof(options.SignatureKey), "must not be empty.");
        foreach (var (host, key) in options.Clients)
            Check(host.Length > 0 && !string.IsNullOrEmpty(key), $"{nameof(options.Clients)}:{host}", "must have a host and a key.");

        Check(options.AlternateSignatureKey is not "", nameof(options.AlternateSignatureKey), "must not be empty.");
        Check(
            options.AlternateSignatureKey is null || options.SignatureKey is not null,
            nameof(options.AlternateSignatureKey),
            $"is of no use without {TunnelServerOptions.Section}:{nameof(options.SignatureKey)}.");
        foreach (var (host, key) in options.AlternateClients)
        {
            Check(!string.IsNullOrEmpty(key), $"{nameof(options.AlternateClients)}:{host}", "must have a key.");
            Check(options.Clients.ContainsKey(host), $"{nameof(options.AlternateClients)}:{host}", $"is no host of {TunnelServerOptions.Section}:{nameof(options.Clients)}.");
        }

        foreach (var host in options.ReceiveHosts)
            Check(host.Length > 0 && !host.Contains('/', StringComparison.Ordinal), nameof(options.ReceiveHosts), "must hold hosts, or host:port, without scheme and path.");
        foreach (var network in options.ReceiveNetworks)
            Check(IPNetwork.TryParse(network, out _), nameof(options.ReceiveNetworks), "must hold networks such as 10.0.0.0/8 or fd00::/8.");
        CheckStrength(options.SignatureKey, nameof(options.SignatureKey));
        CheckStrength(options.AlternateSignatureKey, nameof(options.AlternateSignatureKey));
        foreach (var (host, key) in options.Clients)
            CheckStrength(key, $"{nameof(options.Clients)}:{host}");
        foreach (var (host, key) in options.AlternateClients)
            CheckStrength(key, $"{nameof(options.AlternateClients)}:{host}");
        Check(Enum.IsDefined(options.SignatureMode), nameof(options.SignatureMode), "must be Legacy, Both or HmacOnly.");

        var milliseconds = TimeSpan.FromMilliseconds(100);
        CheckTime(options.PingInterval, nameof(options.PingInterval), milliseconds, TimeSpan.FromHours(1));
        Check(options.EffectiveIdleTimeout > options.PingInterval, nameof(options.IdleTimeout), $"must be longer than {nameof(options.PingInterval)}.");
        CheckTime(options.EffectiveIdleTimeout, nameof(options.IdleTimeout), milliseconds, TimeSpan.FromHours(24));
        CheckTime(options.TicketLifetime, nameof(options.TicketLifetime), milliseconds, TimeSpan.FromHours(1));
        CheckTime(options.DeliveryTimeout, nameof(options.DeliveryTimeout), milliseconds, TimeSpan.FromMinutes(10));
        CheckBytes(options.MaxFrameBytes, nameof(options.MaxFrameBytes));
        CheckBytes(options.SendQueueBytes, nameof(options.SendQueueBytes));
        Check(options.MaxPushBytes is >= OneKiB and <= MaxCallBytes, nameof(options.MaxPushBytes), $"must be from {OneKiB} to {MaxCallBytes} bytes.");
        Check(options.PushBytesPerSecond >= options.MaxFrameBytes, nameof(options.PushBytesPerSecond), $"must not be less than {nameof(options.MaxFrameBytes)}.");
        CheckCount(options.MaxFragments, nameof(options.MaxFragments));
        CheckCount(options.FramesPerSecond, nameof(options.FramesPerSecond));
        CheckCount(options.FrameBurst, nameof(options.FrameBurst));
        CheckCount(options.SendQueueFrames, nameof(options.SendQueueFrames));
        CheckTime(options.SendTimeout, nameof(options.SendTimeout), milliseconds, TimeSpan.FromHours(1));
        Check(
            options.SocketSendBufferBytes is 0 or (>= 4 * OneKiB and <= MaxBytes),
            nameof(options.SocketSendBufferBytes),
            $"must be 0, or from {4 * OneKiB} to {MaxBytes} bytes.");
        CheckBytes(options.EventQueueBytes, nameof(options.EventQueueBytes));
        Check(options.DeliveriesPerApp is >= 1 and <= 65536, nameof(options.DeliveriesPerApp), "must be from 1 to 65536.");
        Check(options.AppQueueBytes >= options.EventQueueBytes, nameof(options.AppQueueBytes), $"must not be less than {nameof(options.EventQueueBytes)}.");
        foreach (var origin in options.AllowedOrigins)
            Check(IsOrigin(origin), nameof(options.AllowedOrigins), "must name scheme and host, and a port where there is one: https://www.example.com.");
        foreach (var appId in options.AppIds)
            Check(appId.Length > 0 && appId.All(char.IsAsciiLetterOrDigit), nameof(options.AppIds), "must be app ids of letters and digits.");
        CheckCount(options.WrongTicketsPerSecond, nameof(options.WrongTicketsPerSecond));
        CheckCount(options.WrongTicketBurst, nameof(options.WrongTicketBurst));
        CheckCount(options.DrainRate, nameof(options.DrainRate));
        CheckTime(options.DrainTimeout, nameof(options.DrainTimeout), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Check(options.EventQueueLength is >= 1 and <= 65536, nameof(options.EventQueueLength), "must be from 1 to 65536.");
        Check(options.DeliveryAttempts is >= 1 and <= 1000, nameof(options.DeliveryAttempts), "must be from 1 to 1000.");
        Check(options.Redis is null || RedisText.CanRead(options.Redis), nameof(options.Redis), "must be a StackExchange.Redis connection string: host:port,option=value.");
        if (!environment.IsDevelopment() && !options.AllowOpenRedis && options.Redis is not null && RedisText.CanRead(options.Redis) && RedisText.IsOpen(options.Redis))
            failures.Add(RedisText.OpenIsRefused(TunnelServerOptions.Section));
        Check(options.RedisKeyPrefix is { Length: > 0 and <= 100 }, nameof(options.RedisKeyPrefix), "must have 1 to 100 characters.");
        CheckTime(options.NodeLease, nameof(options.NodeLease), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;
}
