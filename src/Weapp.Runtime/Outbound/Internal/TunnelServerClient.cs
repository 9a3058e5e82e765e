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

    private readonly IHttpClientFactory _clients;
    private readonly WeappOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TunnelSignature _signature;
    private readonly byte[] _tcId;
    private readonly byte[] _tcKey;
    private readonly Uri _wsUrl;
    private readonly Uri _push;
    private readonly string _publicUrl;

    public TunnelServerClient(IHttpClientFactory clients, IOptions<WeappOptions> options, TimeProvider time, ILoggerFactory loggers)
    {
        _clients = clients;
        _options = options.Value;
        _time = time;
        _logger = loggers.CreateLogger("Weapp.Outbound");
        var server = _options.TunnelServerUrl!.TrimEnd('/');
        _wsUrl = new Uri(server + "/get/wsurl");
        _push = new Uri(server + "/ws/push");
        _signature = new TunnelSignature(_options.TunnelSignatureKey!);
        _tcId = Encoding.ASCII.GetBytes(TunnelSignature.TcId(_options.ServerHost!));
        _tcKey = Encoding.UTF8.GetBytes(_options.TunnelSignatureKey!);
        _publicUrl = _options.PublicUrl?.TrimEnd('/') ?? $"{_wsUrl.Scheme}://{_options.ServerHost}";
    }

    public static void AddServices(IServiceCollection services)
    {
        services.TryAddSingleton<TunnelServerClient>();
        services.AddHttpClient(HttpClientName)
            .ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(static provider => PeerCall.CreateHandler(provider.GetRequiredService<IOptions<WeappOptions>>().Value));
    }

    public async ValueTask<TunnelGrant> RequestTunnelAsync(TunnelRequest request, CancellationToken cancellationToken)
    {
        using var data = new PooledBuffer();
        new WsUrlRequest(_publicUrl + request.Path).Write(data);
        using var body = await CallAsync(_wsUrl, data, _tcKey, cancellationToken);
        var answer = Read(_wsUrl, body, signatureRequired: _options.TunnelCheckSignature);
        return answer.TryReadGrant(out var grant, out var problem) ? grant : throw Fail(_wsUrl, TunnelErrorKind.BadAnswer, problem);
    }

    public async ValueTask<PushResult> PushAsync(PushPacket packet, CancellationToken cancellationToken)
    {
        using var data = new PooledBuffer();
        packet.Write(data);
        using var body = await CallAsync(_push, data, default, cancellationToken);
        var answer = Read(_push, body, signatureRequired: false);
        return answer.TryReadPushResult(packet.TunnelIds, out var result, out var problem) ? result : throw Fail(_push, TunnelErrorKind.BadAnswer, problem);
    }

    private async ValueTask<PooledBuffer> CallAsync(Uri url, PooledBuffer data, byte[]? tcKey, CancellationToken cancellationToken)
    {
        using var body = new PooledBuffer(data.WrittenCount * 2 + 256);
        EnvelopeWriter.Write(body, data.WrittenSpan, _signature, _tcId, tcKey);
        try
        {
            return await PeerCall.PostAsync(
                _clients.CreateClient(HttpClientName), url, body.WrittenMemory, MaxAnswer, _options.NetworkTimeout, _time, cancellationToken);
        }
        catch (PeerException exception)
        {
            throw exception.Error switch
            {
                PeerError.TimedOut => Fail(url, TunnelErrorKind.TimedOut, $"no answer within {_options.NetworkTimeout}", inner: exception),
                PeerError.BadStatus => Fail(url, TunnelErrorKind.BadStatus, $"HTTP status {exception.Status}", exception.Status, exception),
                PeerError.TooLarge => Fail(url, TunnelErrorKind.BadAnswer, $"an answer of more than {MaxAnswer} bytes", inner: exception),
                _ => Fail(url, TunnelErrorKind.Unreachable, "no connection", inner: exception),
            };
        }
    }

    private TunnelAnswer Read(Uri url, PooledBuffer body, bool signatureRequired)
    {
        if (!TunnelAnswer.TryRead(body.WrittenSpan, _options.TunnelCheckSignature ? _signature : null, out var answer))
            throw Fail(url, TunnelErrorKind.BadAnswer, "its answer is no JSON object with a code");
        if (answer.Code != 0)
        {
            // A server may repeat what it was sent, and /get/wsurl is sent the key.
            var message = answer.Message.Replace(_options.TunnelSignatureKey!, "***", StringComparison.Ordinal);
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
