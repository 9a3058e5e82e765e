using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Weapp.Http;
using Weapp.Protocol;
using Weapp.Protocol.Sessions;
using Weapp.Protocol.Signatures;

namespace Weapp.Login;

/// <summary>A session server in another process (protocol section 3): posts to <see cref="WeappOptions.AuthServerUrl"/> as it is.</summary>
internal sealed class HttpSessionServer(IHttpClientFactory clients, IOptions<WeappOptions> options, TimeProvider time) : ISessionServer
{
    public const string HttpClientName = "Weapp.SessionServer";

    private const int MaxAnswer = 256 * 1024;

    private readonly WeappOptions _options = options.Value;
    private readonly Uri _address = new(options.Value.AuthServerUrl!);
    private readonly WebhookSignature? _signature = options.Value.AuthSignatureKey is { } key ? new WebhookSignature(key) : null;

    private delegate bool Reader<T>(ReadOnlyMemory<byte> body, out SessionAnswer<T> answer)
        where T : class;

    public static void AddServices(IServiceCollection services)
    {
        services.TryAddSingleton<HttpSessionServer>();
        services.AddHttpClient(HttpClientName)
            .ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(static provider => PeerCall.CreateHandler(provider.GetRequiredService<IOptions<WeappOptions>>().Value))
            .RemoveAllLoggers();
    }

    public async ValueTask<SessionAnswer<SessionGrant>> LoginAsync(SessionLoginRequest request, CancellationToken cancellationToken)
    {
        using var body = new PooledBuffer();
        SessionRequestWriter.WriteLogin(body, request with { AppId = request.AppId ?? _options.AppId });
        return await CallAsync<SessionGrant>(body, SessionAnswerReader.TryReadLogin, cancellationToken);
    }

    public async ValueTask<SessionAnswer<UserInfo>> CheckAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        using var body = new PooledBuffer();
        SessionRequestWriter.WriteCheck(body, id, skey, _options.AppId);
        return await CallAsync<UserInfo>(body, SessionAnswerReader.TryReadCheck, cancellationToken);
    }

    public async ValueTask<SessionAnswer<string>> DecryptAsync(SessionDecryptRequest request, CancellationToken cancellationToken)
    {
        using var body = new PooledBuffer();
        SessionRequestWriter.WriteDecrypt(body, request, _options.AppId);
        return await CallAsync<string>(body, SessionAnswerReader.TryReadDecrypt, cancellationToken);
    }

    public async ValueTask<SessionAnswer<UserInfo>> LogoutAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        using var body = new PooledBuffer();
        SessionRequestWriter.WriteLogout(body, id, skey, _options.AppId);
        return await CallAsync<UserInfo>(body, SessionAnswerReader.TryReadCheck, cancellationToken);
    }

    private async ValueTask<SessionAnswer<T>> CallAsync<T>(PooledBuffer body, Reader<T> read, CancellationToken cancellationToken)
        where T : class
    {
        PooledBuffer answer;
        try
        {
            var headers = _signature?.Sign(Guid.NewGuid().ToString("N"), time.GetUtcNow(), body.WrittenSpan);
            (answer, _) = await PeerCall.PostAsync(
                clients.CreateClient(HttpClientName), _address, body.WrittenMemory, headers, MaxAnswer, _options.NetworkTimeout, time, cancellationToken);
        }
        catch (PeerException exception)
        {
            throw new SessionCallException(exception);
        }

        using (answer)
            return read(answer.WrittenMemory, out var result) ? result : throw new SessionCallException(null);
    }
}
