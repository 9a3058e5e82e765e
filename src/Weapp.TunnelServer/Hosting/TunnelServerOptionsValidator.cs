using Microsoft.Extensions.Options;
using Weapp.TunnelServer.Http;
using Weapp.TunnelServer.Nodes;

namespace Weapp.TunnelServer.Hosting;

/// <summary>Every message starts with the key, and none holds a secret.</summary>
internal sealed class TunnelServerOptionsValidator : IValidateOptions<TunnelServerOptions>
{
    private const int OneKiB = 1024;
    private const int MaxBytes = 64 * 1024 * 1024;

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

        void CheckBytes(int value, string key) => Check(value is >= OneKiB and <= MaxBytes, key, $"must be from {OneKiB} to {MaxBytes} bytes.");

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

        Check(Enum.IsDefined(options.SignatureMode), nameof(options.SignatureMode), "must be Legacy, Both or HmacOnly.");

        var milliseconds = TimeSpan.FromMilliseconds(100);
        CheckTime(options.PingInterval, nameof(options.PingInterval), milliseconds, TimeSpan.FromHours(1));
        Check(options.EffectiveIdleTimeout > options.PingInterval, nameof(options.IdleTimeout), $"must be longer than {nameof(options.PingInterval)}.");
        CheckTime(options.EffectiveIdleTimeout, nameof(options.IdleTimeout), milliseconds, TimeSpan.FromHours(24));
        CheckTime(options.TicketLifetime, nameof(options.TicketLifetime), milliseconds, TimeSpan.FromHours(1));
        CheckTime(options.DeliveryTimeout, nameof(options.DeliveryTimeout), milliseconds, TimeSpan.FromMinutes(10));
        CheckBytes(options.MaxFrameBytes, nameof(options.MaxFrameBytes));
        CheckBytes(options.SendQueueBytes, nameof(options.SendQueueBytes));
        CheckBytes(options.MaxPushBytes, nameof(options.MaxPushBytes));
        Check(options.EventQueueLength is >= 1 and <= 65536, nameof(options.EventQueueLength), "must be from 1 to 65536.");
        Check(options.DeliveryAttempts is >= 1 and <= 1000, nameof(options.DeliveryAttempts), "must be from 1 to 1000.");
        Check(options.Redis is null || RedisLink.CanRead(options.Redis), nameof(options.Redis), "must be a StackExchange.Redis connection string: host:port,option=value.");
        Check(options.RedisKeyPrefix is { Length: > 0 and <= 100 }, nameof(options.RedisKeyPrefix), "must have 1 to 100 characters.");
        CheckTime(options.NodeLease, nameof(options.NodeLease), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
