using System.Diagnostics.CodeAnalysis;
using Weapp.Protocol.Envelopes;

namespace Weapp.Protocol.Signatures;

/// <summary>How calls between an app and its tunnel server are signed and checked, the same at both ends: in the body, in headers, or in both.</summary>
public sealed class CallSignature
{
    private readonly TunnelSignatureMode _mode;
    private readonly WebhookSignature? _headers;

    /// <summary>Signs and checks with one key, or with two while keys are changed.</summary>
    /// <param name="key">The shared key.</param>
    /// <param name="alternateKey">The key that is on its way in or out: its signatures are accepted as well.</param>
    /// <param name="mode">What is sent and accepted.</param>
    /// <exception cref="ArgumentException">A key is empty.</exception>
    public CallSignature(string key, string? alternateKey = null, TunnelSignatureMode mode = TunnelSignatureMode.Both)
    {
        Body = new TunnelSignature(key, alternateKey);
        _mode = mode;
        _headers = mode == TunnelSignatureMode.Legacy ? null : new WebhookSignature(key, alternateKey);
    }

    /// <summary>The signature in the body.</summary>
    public TunnelSignature Body { get; }

    /// <summary>Whether calls are sent with headers.</summary>
    [MemberNotNullWhen(true, nameof(_headers))]
    public bool HasHeaders => _headers is not null;

    /// <summary>Whether a text is one of the keys, in constant time.</summary>
    /// <param name="text">A call's <c>tcKey</c>.</param>
    public bool IsKey(ReadOnlySpan<byte> text) => Body.IsKey(text);

    /// <summary>The headers to send with a call; null where it goes without.</summary>
    /// <param name="id">The call's id: the same at every attempt.</param>
    /// <param name="now">The time of this attempt.</param>
    /// <param name="body">The body's bytes.</param>
    public WebhookHeaders? SignHeaders(string id, DateTimeOffset now, ReadOnlySpan<byte> body) => HasHeaders ? _headers.Sign(id, now, body) : null;

    /// <summary>Checks a call: its headers where they count, else its body's signature.</summary>
    /// <param name="headers">The call's headers.</param>
    /// <param name="time">The receiver's clock.</param>
    /// <param name="body">The body's bytes, as they came.</param>
    /// <param name="envelope">What was read from the body.</param>
    /// <param name="verifiedId">The call's id where the headers have vouched for it.</param>
    /// <returns>Null when the call is right; else 9003 or 9007.</returns>
    public Rejection? Check(in WebhookHeaders headers, TimeProvider time, ReadOnlySpan<byte> body, in Envelope envelope, out string? verifiedId)
    {
        verifiedId = null;
        if (!HasHeaders || (headers.Signature is null && _mode != TunnelSignatureMode.HmacOnly))
            return Body.Verify(envelope.Data, envelope.Signature) ? null : Rejection.BadSignature;
        var rejection = _headers.Check(headers, time.GetUtcNow(), body);
        if (rejection is null)
            verifiedId = headers.Id;
        return rejection;
    }
}
