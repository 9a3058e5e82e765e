using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Envelopes;

/// <summary>
/// The outer JSON of every signed call: <c>{"data":"…","dataEncode":"json","tcId":"…","tcKey":"…","signature":"…"}</c>
/// (protocol sections 5 and 6). Its spans point into the caller's buffers.
/// </summary>
public readonly ref struct Envelope
{
    /// <summary>The decoded text of <c>data</c>: a packet or request as JSON, exactly what was signed.</summary>
    public ReadOnlySpan<byte> Data { get; private init; }

    /// <summary>The decoded text of <c>signature</c>, as sent.</summary>
    public ReadOnlySpan<byte> Signature { get; private init; }

    /// <summary>The md5 of the calling app's host, or empty.</summary>
    public ReadOnlySpan<byte> TcId { get; private init; }

    /// <summary>The key that the calling app says it shares with the tunnel server, or empty.</summary>
    public ReadOnlySpan<byte> TcKey { get; private init; }

    /// <summary>Whether the call had a <c>dataEncode</c> other than null; such callers expect <c>data</c> of the answer as text.</summary>
    public bool HasDataEncode { get; private init; }

    /// <summary>How many bytes of scratch memory <see cref="TryRead"/> needs for a body of that length.</summary>
    /// <param name="bodyLength">The body's length in bytes.</param>
    public static int ScratchLength(int bodyLength) => bodyLength;

    /// <summary>Reads an envelope.</summary>
    /// <param name="body">The request body.</param>
    /// <param name="scratch">
    /// At least <see cref="ScratchLength"/> bytes, not overlapping; <see cref="Data"/> starts at its first byte, and what follows it changes too.
    /// </param>
    /// <param name="envelope">The envelope, valid as long as both buffers are.</param>
    /// <param name="rejection">
    /// 9001 for text that is no strict JSON object (invalid UTF-8, lone surrogates and members given twice included),
    /// 9002 when <c>data</c> or <c>signature</c> is missing, empty or no string.
    /// </param>
    public static bool TryRead(
        ReadOnlySpan<byte> body, Span<byte> scratch, out Envelope envelope, [NotNullWhen(false)] out Rejection? rejection)
    {
        envelope = default;
        if (body.StartsWith("\uFEFF"u8))
            body = body[3..];
        rejection = Utf8.IsValid(body) ? Read(body, scratch, out envelope) : Rejection.NotJson;
        return rejection is null;
    }

    private static Rejection? Read(ReadOnlySpan<byte> body, Span<byte> scratch, out Envelope envelope)
    {
        envelope = default;
        var cursor = new JsonCursor(body);
        if (cursor.Peek() is (byte)'[' or (byte)'n')
            return cursor.TrySkip() && cursor.TryFinish() ? Rejection.InvalidData : Rejection.NotJson;
        if (!cursor.TryEnterObject())
            return Rejection.NotJson;

        ReadOnlySpan<byte> signature = default, tcId = default, tcKey = default;
        var dataLength = 0;
        var seen = Members.None;
        var hasDataEncode = false;
        var misfit = false;
        while (cursor.NextMember(out var name))
        {
            var member = Find(name);
            if ((seen & member) != 0)
                return Rejection.NotJson;
            seen |= member;
            switch (cursor.Peek(), member)
            {
                case ((byte)'"', Members.Data):
                    cursor.TryReadText(scratch, out dataLength);
                    break;
                case ((byte)'"', Members.Signature):
                    cursor.TryReadText(out signature);
                    break;
                case ((byte)'"', Members.TcId):
                    cursor.TryReadText(out tcId);
                    break;
                case ((byte)'"', Members.TcKey):
                    cursor.TryReadText(out tcKey);
                    break;
                case ((byte)'"', Members.DataEncode):
                    cursor.TryReadText(out ReadOnlySpan<byte> encoding);
                    hasDataEncode = true;
                    misfit = !encoding.SequenceEqual("json"u8);
                    break;
                case (not (byte)'n', Members.DataEncode):
                    misfit = true;
                    cursor.TrySkip();
                    break;
                default:
                    cursor.TrySkip();
                    break;
            }
        }

        if (!cursor.TryFinish())
            return Rejection.NotJson;
        if (misfit || dataLength == 0 || signature.IsEmpty)
            return Rejection.InvalidData;
        envelope = new Envelope
        {
            Data = scratch[..dataLength],
            Signature = signature,
            TcId = tcId,
            TcKey = tcKey,
            HasDataEncode = hasDataEncode,
        };
        return null;
    }

    private static Members Find(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("data"u8) ? Members.Data
        : name.SequenceEqual("signature"u8) ? Members.Signature
        : name.SequenceEqual("dataEncode"u8) ? Members.DataEncode
        : name.SequenceEqual("tcId"u8) ? Members.TcId
        : name.SequenceEqual("tcKey"u8) ? Members.TcKey
        : Members.None;

    [Flags]
    private enum Members
    {
        None = 0,
        Data = 1,
        Signature = 2,
        DataEncode = 4,
        TcId = 8,
        TcKey = 16,
    }
}
