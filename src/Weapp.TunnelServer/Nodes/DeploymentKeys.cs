using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Signatures;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Nodes;

/// <summary>
/// Signs what nodes tell each other through Redis, with a key derived from that of the app which it is about: whoever can write to Redis cannot push to
/// phones. A node that was configured before or after an app was added still understands the others about all other apps.
/// </summary>
internal sealed class DeploymentKeys
{
    public const int MacLength = HMACSHA256.HashSizeInBytes;

    private readonly FrozenDictionary<string, byte[][]> _keys;

    public DeploymentKeys(IOptions<TunnelServerOptions> options)
    {
        var settings = options.Value;
        var keys = settings.Clients.ToDictionary(
            static client => TunnelSignature.TcId(client.Key),
            client => Derive(client.Value, settings.AlternateClients.TryGetValue(client.Key, out var other) ? other : null));
        if (settings.SignatureKey is { } key)
            keys[TunnelOwner.Anyone] = Derive(key, settings.AlternateSignatureKey);
        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public void Sign(string ownerId, ReadOnlySpan<byte> data, Span<byte> mac) => HMACSHA256.HashData(_keys[ownerId][0], data, mac);

    public bool Verify(string ownerId, ReadOnlySpan<byte> data, ReadOnlySpan<byte> mac)
    {
        if (!_keys.TryGetValue(ownerId, out var keys))
            return false;
        Span<byte> expected = stackalloc byte[MacLength];
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, data, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, mac))
                return true;
        }

        return false;
    }

    private static byte[][] Derive(string key, string? alternateKey) => alternateKey is null ? [Derive(key)] : [Derive(key), Derive(alternateKey)];

    private static byte[] Derive(string key) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key), MacLength, info: "weapp tunnel nodes 1"u8.ToArray());
}
