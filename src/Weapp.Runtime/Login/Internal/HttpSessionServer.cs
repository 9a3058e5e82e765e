using Microsoft.Extensions.Options;
using Weapp.Http.Internal;
using Weapp.Protocol;
using Weapp.Protocol.Sessions;

namespace Weapp.Login.Internal;

/// <summary>A session server in another process: posts to <see cref="WeappOptions.AuthServerUrl"/> as it is.</summary>
internal sealed class HttpSessionServer(IHttpClientFactory clients, IOptions<WeappOptions> options, TimeProvider time) : ISessionServer
{
    /// <summary>The name of the HTTP client.</summary>
    public const string ClientName = "Weapp.SessionServer";

    private const int MaxAnswerBytes = 256 * 1024;

    private readonly WeappOptions _options = options.Value;
    private readonly Uri _address = new(options.Value.AuthServerUrl!);

    private delegate bool Reader<T>(ReadOnlyMemory<byte> body, out SessionAnswer<T> answer)
        where T : class;

    public async ValueTask<SessionAnswer<SessionGrant>> LoginAsync(SessionLoginRequest request, CancellationToken cancellationToken)
    {
        using var body = new PooledBuffer();
        SessionRequestWriter.WriteLogin(body, request);
        return await CallAsync<SessionGrant>(body.WrittenMemory, SessionAnswerReader.TryReadLogin, cancellationToken);
    }

    public async ValueTask<SessionAnswer<UserInfo>> CheckAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        using var body = new PooledBuffer();
        SessionRequestWriter.WriteCheck(body, id, skey);
        return await CallAsync<UserInfo>(body.WrittenMemory, SessionAnswerReader.TryReadCheck, cancellationToken);
    }

    public async ValueTask<SessionAnswer<string>> DecryptAsync(SessionDecryptRequest request, CancellationToken cancellationToken)
    {
        using var body = new PooledBuffer();
        SessionRequestWriter.WriteDecrypt(body, request);
        return await CallAsync<string>(body.WrittenMemory, SessionAnswerReader.TryReadDecrypt, cancellationToken);
    }

    private async ValueTask<SessionAnswer<T>> CallAsync<T>(ReadOnlyMemory<byte> body, Reader<T> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var answer = await PeerCall.PostAsync(
                clients.CreateClient(ClientName), _address, body, MaxAnswerBytes, _options.NetworkTimeout, time, cancellationToken);
            return read(answer.WrittenMemory, out var result)
                ? result
                : throw new SessionCallException(SessionCallFailure.BadAnswer, "The session server's answer is no answer of the protocol.");
        }
        catch (PeerException e)
        {
            throw e.Error switch
            {
                PeerError.BadStatus => new SessionCallException(SessionCallFailure.BadStatus, $"The session server answered with status {e.Status}."),
                PeerError.TooLarge => new SessionCallException(SessionCallFailure.BadAnswer, $"The session server's answer is longer than {MaxAnswerBytes} bytes."),
                PeerError.TimedOut => new SessionCallException(SessionCallFailure.TimedOut, $"The session server did not answer within {_options.NetworkTimeout}.", e),
                _ => new SessionCallException(SessionCallFailure.Unreachable, "The session server cannot be reached, or broke off its answer.", e),
            };
        }
    }
}
