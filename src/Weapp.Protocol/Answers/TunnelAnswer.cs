using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Weapp.Protocol.Signatures;
using Weapp.Protocol.Text;
using Weapp.Protocol.Tunnels;

namespace Weapp.Protocol.Answers;

/// <summary>What an answer's signature is worth.</summary>
public enum AnswerSignature
{
    /// <summary>The answer has none: it is missing, null or empty.</summary>
    Absent,

    /// <summary>It fits the answer's data.</summary>
    Right,

    /// <summary>It does not fit the answer's data, or is no string.</summary>
    Wrong,
}

/// <summary>
/// A tunnel server's answer as the app reads it: <c>{"code":0,"message":"OK","data":…,"signature":"…"}</c> (protocol section 6).
/// </summary>
public readonly ref struct TunnelAnswer
{
    /// <summary>The longest message that is kept, in characters.</summary>
    public const int MaxMessageLength = 200;

    /// <summary>0 where the server did what it was asked; anything else is its refusal.</summary>
    public int Code { get; private init; }

    /// <summary>The server's words, cut to <see cref="MaxMessageLength"/> and without control characters; empty where it has none.</summary>
    public string Message { get; private init; }

    /// <summary>
    /// The data as JSON text, whether it came as text or as an object; empty where it is missing, null or empty text. It is exactly what was signed.
    /// </summary>
    public ReadOnlySpan<byte> Data { get; private init; }

    /// <summary>Whether the answer is signed, and rightly. A wrong signature is an error always, an absent one only where a signature is required.</summary>
    public AnswerSignature Signature { get; private init; }

    /// <summary>Reads an answer with either shape of data.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="signature">Checks the signature; without it no signature is looked at.</param>
    /// <param name="answer">The answer, valid as long as <paramref name="body"/> is.</param>
    /// <returns>
    /// False for anything but a strict JSON object (invalid UTF-8, lone surrogates and known members given twice included) with an integer <c>code</c>.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> body, TunnelSignature? signature, out TunnelAnswer answer)
    {
        answer = default;
        if (body.StartsWith("\uFEFF"u8))
            body = body[3..];
        return Utf8.IsValid(body) && TryReadObject(body, signature, out answer);
    }

    /// <summary>Reads the data of <c>/get/wsurl</c>.</summary>
    /// <param name="grant">The tunnel.</param>
    /// <param name="problem">What is wrong with the data, without any of its values.</param>
    public bool TryReadGrant([NotNullWhen(true)] out TunnelGrant? grant, [NotNullWhen(false)] out string? problem) =>
        AnswerData.TryReadGrant(Data, out grant, out problem);

    /// <summary>Reads the data of <c>/ws/push</c>. Ids that were not sent, and entries that are no ids, are left out; absent data names none.</summary>
    /// <param name="sent">The tunnel ids of the push.</param>
    /// <param name="result">What became of the push.</param>
    /// <param name="problem">What is wrong with the data, without any of its values.</param>
    public bool TryReadPushResult(
        IReadOnlyCollection<string> sent, [NotNullWhen(true)] out PushResult? result, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(sent);
        return AnswerData.TryReadPushResult(Data, sent, out result, out problem);
    }

    private static bool TryReadObject(ReadOnlySpan<byte> body, TunnelSignature? signature, out TunnelAnswer answer)
    {
        answer = default;
        var cursor = new JsonCursor(body);
        if (!cursor.TryEnterObject())
            return false;

        int? code = null;
        string? message = null;
        ReadOnlySpan<byte> data = default, sent = default;
        var isSigned = false;
        var seen = Members.None;
        while (cursor.NextMember(out var name))
        {
            var member = Find(name);
            if ((seen & member) != 0)
                return false;
            seen |= member;
            switch (cursor.Peek(), member)
            {
                case (_, Members.Code):
                    cursor.TryReadInt32(out var number);
                    code = number;
                    break;
                case ((byte)'"', Members.Message):
                    cursor.TryReadText(out message);
                    break;
                case ((byte)'"', Members.Data):
                    cursor.TryReadText(out data);
                    break;
                case (not (byte)'n', Members.Data):
                    var start = cursor.Position;
                    cursor.TrySkip();
                    data = body[start..cursor.Position];
                    break;
                case ((byte)'"', Members.Signature):
                    cursor.TryReadText(out sent);
                    isSigned = !sent.IsEmpty;
                    break;
                case (not (byte)'n', Members.Signature):
                    isSigned = true;
                    cursor.TrySkip();
                    break;
                default:
                    cursor.TrySkip();
                    break;
            }
        }

        if (!cursor.TryFinish() || code is not { } known)
            return false;
        answer = new TunnelAnswer
        {
            Code = known,
            Message = Clean(message ?? ""),
            Data = data,
            Signature = signature is null || !isSigned ? AnswerSignature.Absent
                : signature.Verify(data, sent) ? AnswerSignature.Right
                : AnswerSignature.Wrong,
        };
        return true;
    }

    private static string Clean(string message)
    {
        if (message.Length > MaxMessageLength)
            message = message[..MaxMessageLength];
        return message.Any(char.IsControl) ? string.Concat(message.Select(static c => char.IsControl(c) ? ' ' : c)) : message;
    }

    private static Members Find(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("code"u8) ? Members.Code
        : name.SequenceEqual("message"u8) ? Members.Message
        : name.SequenceEqual("data"u8) ? Members.Data
        : name.SequenceEqual("signature"u8) ? Members.Signature
        : Members.None;

    [Flags]
    private enum Members
    {
        None = 0,
        Code = 1,
        Message = 2,
        Data = 4,
        Signature = 8,
    }
}
