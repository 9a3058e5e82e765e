using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Diagnostics;
using Weapp.Http;
using Weapp.Protocol;
using Weapp.Protocol.Answers;
using Weapp.Protocol.Envelopes;
using Weapp.Protocol.Packets;
using Weapp.Protocol.Requests;
using Weapp.Protocol.Signatures;
using Weapp.Protocol.Tunnels;

namespace Weapp.Outbound;

/// <summary>A tunnel server in another process (protocol section 6).</summary>
internal sealed class TunnelServerClient : ITunnelServer
{
    public const string HttpClientName = "Weapp.TunnelServer";

    private const int MaxAnswer = 1024 * 1024;
    private const int LeastPause = 200;
    private const int MostPause = 400;

    private readonly IHttpClientFactory _clients;
    private readonly WeappOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CallSignature _signature;
    private readonly byte[] _tcId;
    private readonly byte[] _tcKey;
    private readonly Uri _wsUrl;
    private readonly Uri _push;
    private readonly string _publicUrl;

    // Set by an answer: an old server would take a repeat for another call, and phones would get its message twice.
    private volatile bool _serverKnowsRepeats;

    public TunnelServerClient(IHttpClientFactory clients, IOptions<WeappOptions> options, TimeProvider time, ILoggerFactory loggers)
    {
        _clients = clients;
        _options = options.Value;
        _time = time;
        _logger = loggers.CreateLogger("Weapp.Outbound");
        var server = _options.TunnelServerUrl!.TrimEnd('/');
        _wsUrl = new Uri(server + "/get/wsurl");
        _push = new Uri(server + "/ws/push");
        _signature = new CallSignature(_options.TunnelSignatureKey!, _options.TunnelAlternateSignatureKey, _options.TunnelSignatureMode);
        _tcId = Encoding.ASCII.GetBytes(TunnelSignature.TcId(_options.ServerHost!));
        _tcKey = Encoding.UTF8.GetBytes(_options.TunnelSignatureKey!);
        _publicUrl = _options.PublicUrl?.TrimEnd('/') ?? $"{_wsUrl.Scheme}://{_options.ServerHost}";
    }

    public static void AddServices(IServiceCollection services)
    {
        services.TryAddSingleton<TunnelServerClient>();
        services.AddHttpClient(HttpClientName)
            .ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(static provider => PeerCall.CreateHandler(provider.GetRequiredService<IOptions<WeappOptions>>().Value))
            // Four lines for each call, of which none says more than ours.
            .RemoveAllLoggers();
    }

    public async ValueTask<TunnelGrant> RequestTunnelAsync(TunnelRequest request, CancellationToken cancellationToken)
    {
        using var data = new PooledBuffer();
        new WsUrlRequest(_publicUrl + request.Path).Write(data);
        // An old tunnel server wants the key, ours does not.
        using var call = Sign(data, _options.TunnelSignatureMode == TunnelSignatureMode.HmacOnly ? null : _tcKey);
        using var body = await CallAsync(_wsUrl, call, NewId(), _options.NetworkTimeout, cancellationToken);
        var answer = Read(_wsUrl, body, signatureRequired: _options.TunnelCheckSignature);
        if (!answer.TryReadGrant(out var grant, out var problem))
            throw Fail(_wsUrl, TunnelErrorKind.BadAnswer, problem);
        if (_wsUrl.Scheme == Uri.UriSchemeHttps && !grant.ConnectUrl.StartsWith("wss:", StringComparison.OrdinalIgnoreCase))
            throw Fail(_wsUrl, TunnelErrorKind.BadAnswer, "the connectUrl is without TLS, which this app reaches the tunnel server with");
        return grant;
    }

    public async ValueTask<PushResult> PushAsync(PushPacket packet, CancellationToken cancellationToken)
    {
        using var data = new PooledBuffer();
        packet.Write(data);
        using var call = Sign(data, tcKey: null);
        var id = NewId();
        var start = _time.GetTimestamp();
        PushResult? first = null;
        try
        {
            first = await PushAsync(packet, call, id, _serverKnowsRepeats ? _options.NetworkTimeout / 2 : _options.NetworkTimeout, cancellationToken);
            if (first.UndeliveredTunnelIds.Count == 0 || !_serverKnowsRepeats)
                return first;
        }
        catch (TunnelException exception) when (MayRepeat(exception))
        {
        }

        await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(LeastPause, MostPause + 1)), _time, cancellationToken);
        var left = _options.NetworkTimeout - _time.GetElapsedTime(start);
        try
        {
            return await PushAsync(packet, call, id, left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1), cancellationToken);
        }
        catch (TunnelException) when (first is not null)
        {
            return first;
        }
    }

    // The same id at both attempts: 128 random bits.
    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Whether a push that failed is repeated: it may work now, and no phone gets its message twice.</summary>
    private bool MayRepeat(TunnelException exception) => exception.Kind switch
    {
        TunnelErrorKind.TimedOut => _serverKnowsRepeats,
        TunnelErrorKind.BadStatus => _serverKnowsRepeats && exception.Code is 502 or 503 or 504,
        TunnelErrorKind.Unreachable => _serverKnowsRepeats || (_signature.HasHeaders && HasNotLeft(exception)),
        _ => false,
    };

    private static bool HasNotLeft(TunnelException exception) => exception.InnerException?.InnerException is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError,
    };

    private PooledBuffer Sign(PooledBuffer data, byte[]? tcKey)
    {
        var body = new PooledBuffer(data.WrittenCount * 2 + 256);
        EnvelopeWriter.Write(body, data.WrittenSpan, _signature.Body, _tcId, tcKey);
        return body;
    }

    private async ValueTask<PushResult> PushAsync(PushPacket packet, PooledBuffer call, string id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var body = await CallAsync(_push, call, id, timeout, cancellationToken);
        var answer = Read(_push, body, signatureRequired: false);
        return answer.TryReadPushResult(packet.TunnelIds, out var result, out var problem) ? result : throw Fail(_push, TunnelErrorKind.BadAnswer, problem);
    }

    private async ValueTask<PooledBuffer> CallAsync(Uri url, PooledBuffer body, string id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await PeerCall.PostAsync(
                _clients.CreateClient(HttpClientName),
                url,
                body.WrittenMemory,
                _signature.SignHeaders(id, _time.GetUtcNow(), body.WrittenSpan),
                MaxAnswer,
                timeout,
                _time,
                cancellationToken);
            _serverKnowsRepeats = answer.KnowsId;
            return answer.Body;
        }
        catch (PeerException exception)
        {
            throw exception.Error switch
            {
                PeerError.TimedOut => Fail(url, TunnelErrorKind.TimedOut, $"no answer within {timeout}", inner: exception),
                PeerError.BadStatus => Fail(url, TunnelErrorKind.BadStatus, $"HTTP status {exception.Status}", exception.Status, exception),
                PeerError.TooLarge => Fail(url, TunnelErrorKind.BadAnswer, $"an answer of more than {MaxAnswer} bytes", inner: exception),
                _ => Fail(url, TunnelErrorKind.Unreachable, "no connection", inner: exception),
            };
        }
    }

    private TunnelAnswer Read(Uri url, PooledBuffer body, bool signatureRequired)
    {
        if (!TunnelAnswer.TryRead(body.WrittenSpan, _options.TunnelCheckSignature ? _signature.Body : null, out var answer))
            throw Fail(url, TunnelErrorKind.BadAnswer, "its answer is no JSON object with a code");
        if (answer.Code != 0)
        {
            // A server may repeat what it was sent, and /get/wsurl is sent the key.
            var message = answer.Message.Replace(_options.TunnelSignatureKey!, "***", StringComparison.Ordinal);
            if (_options.TunnelAlternateSignatureKey is { } other)
                message = message.Replace(other, "***", StringComparison.Ordinal);
            throw Fail(url, TunnelErrorKind.Refused, $"code {answer.Code} {message}", answer.Code);
        }

        return answer.Signature switch
        {
            AnswerSignature.Wrong => throw Fail(
                url, TunnelErrorKind.BadSignature, "the signature of its answer is wrong: do both sides have the same Weapp:TunnelSignatureKey?"),
            AnswerSignature.Absent when signatureRequired => throw Fail(
                url, TunnelErrorKind.BadSignature, "its answer has no signature; for a server that does not sign, set Weapp:TunnelCheckSignature to false"),
            _ => answer,
        };
    }

    private TunnelException Fail(Uri url, TunnelErrorKind kind, string reason, int? code = null, Exception? inner = null)
    {
        OutboundLog.CallFailed(_logger, url.AbsolutePath, reason);
        return new TunnelException(kind, $"The tunnel server's {url.AbsolutePath} failed: {reason}.", code, inner);
    }
}
