using System.Collections.Frozen;
using System.Text;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Signatures;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary>The apps that may call over HTTP, each known by its key.</summary>
internal sealed class TunnelClients
{
    private readonly FrozenDictionary<string, TunnelOwner> _named;
    private readonly TunnelOwner? _anyone;

    public TunnelClients(IOptions<TunnelServerOptions> options)
    {
        _named = options.Value.Clients
            .Select(static client => new TunnelOwner(TunnelSignature.TcId(client.Key), new TunnelSignature(client.Value)))
            .ToFrozenDictionary(static owner => owner.Id, StringComparer.Ordinal);
        if (options.Value.SignatureKey is { } key)
            _anyone = new TunnelOwner(TunnelOwner.Anyone, new TunnelSignature(key));
    }

    /// <summary>The app with that <see cref="TunnelOwner.Id"/>; null when this node does not know it.</summary>
    public TunnelOwner? Find(string id) => _named.GetValueOrDefault(id) ?? (id == TunnelOwner.Anyone ? _anyone : null);

    /// <summary>Who signed the call; null when no key that it may use fits.</summary>
    public TunnelOwner? Identify(in Envelope call)
    {
        var owner = _named.GetValueOrDefault(Encoding.UTF8.GetString(call.TcId)) ?? _anyone;
        return owner?.Signature?.Verify(call.Data, call.Signature) == true ? owner : null;
    }
}
