using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
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

    /// <summary>Whether the call had a <c>dataEncode</c> member; such callers expect <c>data</c> of the answer as text.</summary>
    public bool HasDataEncode { get; private init; }

    /// <summary>How many bytes of scratch memory <see cref="TryRead"/> needs for a body of that length.</summary>
    /// <param name="bodyLength">The body's length in bytes.</param>
    public static int ScratchLength(int bodyLength) => bodyLength + JsonText.Slack;

    /// <summary>Reads an envelope.</summary>
    /// <param name="body">The request body.</param>
    /// <param name="scratch">
    /// At least <see cref="ScratchLength"/> bytes; <see cref="Data"/> starts at its first byte.
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
        try
        {
            rejection = Utf8.IsValid(body) ? Read(body, scratch, out envelope) : Rejection.NotJson;
        }
        catch (JsonException)
        {
            rejection = Rejection.NotJson;
        }

        return rejection is null;
    }

    private static Rejection? Read(ReadOnlySpan<byte> body, Span<byte> scratch, out Envelope envelope)
    {
        envelope = default;
        var reader = new Utf8JsonReader(body, JsonText.Strict);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            var isDocument = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.Null;
            return StrictReader.TryDrain(ref reader) && isDocument ? Rejection.InvalidData : Rejection.NotJson;
        }

        ReadOnlySpan<byte> signature = default, tcId = default;
        var dataLength = 0;
        var seen = Members.None;
        var misfit = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!StrictReader.IsWellFormed(in reader))
                return Rejection.NotJson;
            var member = Name(in reader);
            if ((seen & member) != 0)
                return Rejection.NotJson;
            seen |= member;
            reader.Read();
            switch (member)
            {
                case Members.Data when reader.TokenType == JsonTokenType.String:
                    if (!JsonText.TryUnescape(reader.ValueSpan, scratch, out dataLength))
                        return Rejection.NotJson;
                    break;
                case Members.Signature when reader.TokenType == JsonTokenType.String:
                    if (!StrictReader.TryGetText(in reader, out signature))
                        return Rejection.NotJson;
                    break;
                case Members.TcId when reader.TokenType == JsonTokenType.String:
                    if (!StrictReader.TryGetText(in reader, out tcId))
                        return Rejection.NotJson;
                    break;
                case Members.DataEncode:
                    misfit = reader.TokenType switch
                    {
                        JsonTokenType.Null => false,
                        JsonTokenType.String => !StrictReader.IsWellFormed(in reader) || !reader.ValueTextEquals("json"u8),
                        _ => true,
                    };
                    goto default;
                default:
                    if (!StrictReader.TrySkip(ref reader))
                        return Rejection.NotJson;
                    break;
            }
        }

        // Text after the object makes this throw.
        reader.Read();
        if (misfit || dataLength == 0 || signature.IsEmpty)
            return Rejection.InvalidData;
        envelope = new Envelope
        {
            Data = scratch[..dataLength],
            Signature = signature,
            TcId = tcId,
            HasDataEncode = (seen & Members.DataEncode) != 0,
        };
        return null;
    }

    private static Members Name(in Utf8JsonReader reader) =>
        reader.ValueTextEquals("data"u8) ? Members.Data
        : reader.ValueTextEquals("signature"u8) ? Members.Signature
        : reader.ValueTextEquals("dataEncode"u8) ? Members.DataEncode
        : reader.ValueTextEquals("tcId"u8) ? Members.TcId
        : reader.ValueTextEquals("tcKey"u8) ? Members.TcKey
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
