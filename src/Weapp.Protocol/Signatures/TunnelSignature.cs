using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Weapp.Protocol.Signatures;

/// <summary>Wafer's signature: lower-case hex of SHA-1 over UTF-8(<c>data</c> + key) (protocol section 5).</summary>
public sealed class TunnelSignature
{
    /// <summary>The length of a signature in characters.</summary>
    public const int Length = 40;

    private const int Together = 1024;

    // One hash is used again and again: making one costs as much as hashing an event.
    [ThreadStatic]
    private static IncrementalHash? _sha1;

    [ThreadStatic]
    private static byte[]? _together;

    private readonly byte[] _key;
    private readonly byte[]? _alternateKey;

    /// <summary>Signs with one key, and checks with it or, while keys are changed, with another.</summary>
    /// <param name="key">The shared <c>tunnelSignatureKey</c>.</param>
    /// <param name="alternateKey">The key that is on its way in or out: its signatures are right as well.</param>
    /// <exception cref="ArgumentException">A key is empty: everybody could forge such signatures.</exception>
    public TunnelSignature(string key, string? alternateKey = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (alternateKey is not null)
            ArgumentException.ThrowIfNullOrEmpty(alternateKey);
        _key = Encoding.UTF8.GetBytes(key);
        _alternateKey = alternateKey is null ? null : Encoding.UTF8.GetBytes(alternateKey);
    }

    /// <summary>Checks a signature in constant time; upper-case digits do not count as right.</summary>
    /// <param name="data">The decoded text that was signed.</param>
    /// <param name="signature">The signature as sent.</param>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> sent = stackalloc byte[SHA1.HashSizeInBytes];
        // Whoever sent it knows it: only the comparison with the right one has to take constant time.
        if (signature.Length != Length
            || signature.ContainsAnyInRange((byte)'A', (byte)'F')
            || Convert.FromHexString(signature, sent, out _, out _) != OperationStatus.Done)
            return false;
        Span<byte> expected = stackalloc byte[SHA1.HashSizeInBytes];
        Hash(data, _key, expected);
        if (CryptographicOperations.FixedTimeEquals(expected, sent))
            return true;
        if (_alternateKey is null)
            return false;
        Hash(data, _alternateKey, expected);
        return CryptographicOperations.FixedTimeEquals(expected, sent);
    }

    internal bool IsKey(ReadOnlySpan<byte> text) =>
        CryptographicOperations.FixedTimeEquals(text, _key) || (_alternateKey is not null && CryptographicOperations.FixedTimeEquals(text, _alternateKey));

    /// <summary>Signs <paramref name="data"/>.</summary>
    /// <param name="data">The text to sign.</param>
    /// <param name="signature">Takes the signature's <see cref="Length"/> hex digits.</param>
    /// <exception cref="ArgumentException"><paramref name="signature"/> is too short.</exception>
    public void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        Hash(data, _key, hash);
        if (!Convert.TryToHexStringLower(hash, signature, out _))
            throw new ArgumentException($"A signature takes {Length} bytes.", nameof(signature));
    }

    /// <summary>The <c>tcId</c> of an app: lower-case hex md5 of its host (protocol section 6).</summary>
    /// <param name="serverHost">The app's <c>serverHost</c>.</param>
    public static string TcId(string serverHost)
    {
#pragma warning disable CA5351 // The protocol names apps by md5; nothing is protected by it.
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(serverHost)));
#pragma warning restore CA5351
    }

    private static void Hash(ReadOnlySpan<byte> data, byte[] key, Span<byte> hash)
    {
        var sha1 = _sha1 ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        var together = (_together ??= new byte[Together]).AsSpan();
        // To call the hash costs more than to copy an event.
        if (data.Length + key.Length <= Together)
        {
            data.CopyTo(together);
            key.CopyTo(together[data.Length..]);
            sha1.AppendData(together[..(data.Length + key.Length)]);
        }
        else
        {
            sha1.AppendData(data);
            sha1.AppendData(key);
        }

        sha1.GetHashAndReset(hash);
    }
}
