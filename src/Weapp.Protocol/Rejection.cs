using System.Text;

namespace Weapp.Protocol;

/// <summary>Why a tunnel request was refused: HTTP status, protocol code and message (protocol section 5).</summary>
/// <remarks>There is one instance for each reason, so that a refusal costs no allocation.</remarks>
public sealed class Rejection
{
    private Rejection(int status, int code, string message)
    {
        Status = status;
        Code = code;
        Message = message;
        Body = Encoding.UTF8.GetBytes($"{{\"code\":{code},\"message\":\"{message}\"}}");
    }

    /// <summary>9001: the body is no JSON object, or breaks the strict rules for JSON text.</summary>
    public static Rejection NotJson { get; } = new(400, 9001, "Bad request - request data is not json");

    /// <summary>9002: <c>data</c> or <c>signature</c> is missing, empty or not a string.</summary>
    public static Rejection InvalidData { get; } = new(400, 9002, "Bad request - invalid request data");

    /// <summary>9003: the signature does not fit the data.</summary>
    public static Rejection BadSignature { get; } = new(400, 9003, "Bad request - check signature failed");

    /// <summary>9004: the packet inside <c>data</c> cannot be read.</summary>
    public static Rejection BadPacket { get; } = new(400, 9004, "Bad request - parse data failed");

    /// <summary>9005: the body is over the limit.</summary>
    public static Rejection TooLarge { get; } = new(413, 9005, "Bad request - request data too large");

    /// <summary>9001: the body did not come in time.</summary>
    public static Rejection TooSlow { get; } = new(408, 9001, "Bad request - request data came too slowly");

    /// <summary>9006: a media type or content encoding that the endpoint does not read.</summary>
    public static Rejection UnsupportedMediaType { get; } = new(415, 9006, "Bad request - unsupported media type");

    /// <summary>9007: a time stamp or a member against replays that is missing, wrong or too far from now.</summary>
    public static Rejection BadStamp { get; } = new(400, 9007, "Bad request - stale or without valid time stamp");

    /// <summary>9008: the tunnel server does not deliver events to that <c>receiveUrl</c>.</summary>
    public static Rejection BadReceiveUrl { get; } = new(400, 9008, "Bad request - receiveUrl refused");

    /// <summary>9009: an event came before one that must go before it.</summary>
    public static Rejection OutOfOrder { get; } = new(409, 9009, "Conflict - an earlier event is missing");

    /// <summary>9429: more than one app may ask for.</summary>
    public static Rejection TooMany { get; } = new(429, 9429, "Too many requests");

    /// <summary>9500: the app's handler failed, and the app asked to report that.</summary>
    public static Rejection HandlerFailed { get; } = new(500, 9500, "Handler failed");

    /// <summary>9503: the app's handler took longer than its limit, and the app asked to report that.</summary>
    public static Rejection HandlerTimedOut { get; } = new(503, 9503, "Handler timed out");

    /// <summary>9503: the server is stopping; the same call works again later, or elsewhere.</summary>
    public static Rejection Unavailable { get; } = new(503, 9503, "Service unavailable");

    /// <summary>501: a method other than GET and POST.</summary>
    public static Rejection NotImplemented { get; } = new(501, 501, "Not Implemented");

    /// <summary>The HTTP status of the answer.</summary>
    public int Status { get; }

    /// <summary>The <c>code</c> member of the answer.</summary>
    public int Code { get; }

    /// <summary>The <c>message</c> member of the answer.</summary>
    public string Message { get; }

    /// <summary>The whole answer as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The answer to a request that was accepted: <c>{"code":0,"message":"ok"}</c>.</summary>
    public static ReadOnlySpan<byte> AcceptedBody => """{"code":0,"message":"ok"}"""u8;

    /// <summary>The refusal of a body that the web server itself could not read.</summary>
    /// <param name="status">The status that the web server has for it.</param>
    public static Rejection OfUnreadable(int status) => status switch
    {
        408 => TooSlow,
        413 => TooLarge,
        _ => NotJson,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Status} {Code} {Message}";
}
