using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Weapp.Protocol.Signatures;

/// <summary>
/// The signature of the Standard Webhooks specification: <c>v1,</c> and base64 of HMAC-SHA256 over <c>id.timestamp.body</c>, the body as its raw
/// bytes (protocol section 9).
/// </summary>
public sealed class WebhookSignature
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxIdLength = 256;

    private const string Version = "v1,";
    private const int EntryLength = 47;
    private const int MaxTimestampLength = 12;

    // Whoever rotates keys sends two; a longer list only costs the receiver time.
    private const int MaxEntries = 10;

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(static c => (char)c).Where(static c => c != '.')]);

    private readonly byte[][] _keys;

    // Setting a hash up for a key costs more than hashing an event.
    private readonly ConcurrentBag<IncrementalHash>[] _idle;

    /// <summary>Signs and checks with one key, or with two while keys are changed.</summary>
    /// <param name="key">The shared key. Its UTF-8 bytes are the HMAC's key: a prefix such as <c>whsec_</c> is part of it, and base64 is not decoded.</param>
    /// <param name="alternateKey">The key that is on its way in or out.</param>
    /// <exception cref="ArgumentException">A key is empty: everybody could forge such signatures.</exception>
    public WebhookSignature(string key, string? alternateKey = null)
        : this(alternateKey is null ? [Bytes(key)] : [Bytes(key), Bytes(alternateKey)])
    {
    }

    /// <summary>Signs and checks with one key of any bytes.</summary>
    /// <param name="key">The HMAC's key.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public WebhookSignature(ReadOnlySpan<byte> key)
        : this([key.IsEmpty ? throw new ArgumentException("The key is empty.", nameof(key)) : key.ToArray()])
    {
    }

    private WebhookSignature(byte[][] keys)
    {
        _keys = keys;
        _idle = [.. keys.Select(static _ => new ConcurrentBag<IncrementalHash>())];
    }

    /// <summary>How far a call's time may be from the receiver's, both ends included.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Makes the headers of a call; with two keys, its signature has an entry of each.</summary>
    /// <param name="id">The call's id.</param>
    /// <param name="now">The time of this attempt.</param>
    /// <param name="body">The body's bytes.</param>
    public WebhookHeaders Sign(string id, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        if (!IsId(id))
            throw new ArgumentException($"An id is 1 to {MaxIdLength} ASCII characters without spaces and full stops.", nameof(id));
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Span<char> signature = stackalloc char[(EntryLength + 1) * _keys.Length];
        for (var i = 0; i < _keys.Length; i++)
        {
            var entry = signature[((EntryLength + 1) * i)..];
            WriteEntry(i, id, timestamp, body, entry);
            entry[EntryLength] = ' ';
        }

        return new WebhookHeaders(id, timestamp, signature[..^1].ToString());
    }

    /// <summary>Checks a call, in constant time.</summary>
    /// <param name="headers">The call's headers.</param>
    /// <param name="now">The receiver's time.</param>
    /// <param name="body">The body's bytes.</param>
    /// <returns>Null when one of the first ten signatures is right; 9007 for an unusable id or time, 9003 for anything else.</returns>
    public Rejection? Check(in WebhookHeaders headers, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        if (headers.Signature is null)
            return Rejection.BadSignature;
        if (headers.Id is not { } id || !IsId(id) || headers.Timestamp is not { } timestamp || !IsTimely(timestamp, now))
            return Rejection.BadStamp;
        Span<char> expected = stackalloc char[EntryLength];
        for (var i = 0; i < _keys.Length; i++)
        {
            WriteEntry(i, id, timestamp, body, expected);
            if (Contains(headers.Signature, expected))
                return null;
        }

        return Rejection.BadSignature;
    }

    private static byte[] Bytes(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return Encoding.UTF8.GetBytes(key);
    }

    private static bool IsId(string? id) => id is { Length: > 0 and <= MaxIdLength } && !id.AsSpan().ContainsAnyExcept(IdCharacters);

    private static bool IsTimely(string timestamp, DateTimeOffset now) =>
        timestamp.Length <= MaxTimestampLength
        && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= (long)Tolerance.TotalSeconds;

    private static bool Contains(ReadOnlySpan<char> signatures, ReadOnlySpan<char> expected)
    {
        for (var i = 0; i < MaxEntries && !signatures.IsEmpty; i++)
        {
            var end = signatures.IndexOf(' ');
            var entry = end < 0 ? signatures : signatures[..end];
            signatures = end < 0 ? [] : signatures[(end + 1)..];
            if (CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(entry), MemoryMarshal.AsBytes(expected)))
                return true;
        }

        return false;
    }

    private void WriteEntry(int key, string id, string timestamp, ReadOnlySpan<byte> body, Span<char> entry)
    {
        Span<byte> head = stackalloc byte[MaxIdLength + MaxTimestampLength + 2];
        var length = Encoding.ASCII.GetBytes(id, head);
        head[length++] = (byte)'.';
        length += Encoding.ASCII.GetBytes(timestamp, head[length..]);
        head[length++] = (byte)'.';

        var hmac = _idle[key].TryTake(out var idle) ? idle : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _keys[key]);
        hmac.AppendData(head[..length]);
        hmac.AppendData(body);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(hash);
        _idle[key].Add(hmac);

        Version.CopyTo(entry);
        Convert.TryToBase64Chars(hash, entry[Version.Length..], out _);
    }
}
