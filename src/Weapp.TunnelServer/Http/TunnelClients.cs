using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Signatures;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary>The apps that may call over HTTP, each known by its key.</summary>
internal sealed class TunnelClients
{
    private const int GoodKeyLength = 32;

    private readonly FrozenDictionary<string, TunnelOwner> _named;
    private readonly TunnelOwner? _anyone;
    private readonly TimeProvider _time;

    public TunnelClients(IOptions<TunnelServerOptions> options, TimeProvider time, ILoggerFactory loggers)
    {
        var settings = options.Value;
        _time = time;
        _named = settings.Clients
            .Select(client => new TunnelOwner(
                TunnelSignature.TcId(client.Key),
                new CallSignature(client.Value, settings.AlternateClients.TryGetValue(client.Key, out var other) ? other : null, settings.SignatureMode),
                client.Key))
            .ToFrozenDictionary(static owner => owner.Id, StringComparer.Ordinal);
        var logger = loggers.CreateLogger(TunnelServerLog.Category);
        foreach (var (host, _) in settings.Clients.Where(static client => client.Value.Length < GoodKeyLength))
            TunnelServerLog.ShortKey(logger, $"{TunnelServerOptions.Section}:{nameof(settings.Clients)}:{host}");
        if (settings.SignatureKey is { Length: < GoodKeyLength })
            TunnelServerLog.ShortKey(logger, $"{TunnelServerOptions.Section}:{nameof(settings.SignatureKey)}");
        if (settings.SignatureKey is { } key)
            _anyone = new TunnelOwner(TunnelOwner.Anyone, new CallSignature(key, settings.AlternateSignatureKey, settings.SignatureMode));
    }

    /// <summary>The app with that <see cref="TunnelOwner.Id"/>; null when this node does not know it.</summary>
    public TunnelOwner? Find(string id) => _named.GetValueOrDefault(id) ?? (id == TunnelOwner.Anyone ? _anyone : null);

    /// <summary>Finds out who signed a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="owner">The app; null when it is refused.</param>
    /// <param name="id">The call's id where its headers vouch for it.</param>
    /// <returns>9003 when no key that the app may use fits, 9007 when the headers' id or time are unusable.</returns>
    public Rejection? Identify(in Envelope call, in WebhookHeaders headers, ReadOnlySpan<byte> body, out TunnelOwner? owner, out string? id)
    {
        id = null;
        owner = _named.GetValueOrDefault(Encoding.UTF8.GetString(call.TcId)) ?? _anyone;
        if (owner?.Signature is not { } signature)
            return Rejection.BadSignature;
        var rejection = signature.Check(headers, _time, body, call, out id);
        // A key that is sent has to be right; none is ever learned.
        if (rejection is null && !call.TcKey.IsEmpty && !signature.IsKey(call.TcKey))
            rejection = Rejection.BadSignature;
        if (rejection is not null)
            owner = null;
        return rejection;
    }
}
