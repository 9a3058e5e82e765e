using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Sessions;
using Weapp.SessionServer.Diagnostics;

namespace Weapp.SessionServer.WeChat;

/// <summary>Calls to WeChat's API: one deadline for a call with its answer and its repetitions; what is transient is tried again.</summary>
internal sealed class WeChatHttp(IHttpClientFactory clients, IOptions<SessionServerOptions> options, TimeProvider time, ILogger<WeChatHttp> logger)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string ClientName = "Weapp.WeChat";

    private const int MaxAnswerBytes = 64 * 1024;
    private const int MaxTries = 3;

    private readonly WeChatOptions _options = options.Value.WeChat;

    /// <summary>Calls until there is an answer that is not transient, three times at most.</summary>
    /// <param name="pathAndQuery">What is called.</param>
    /// <param name="content">Makes the body of a POST; null for a GET.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public async ValueTask<WeChatReply> CallAsync(string pathAndQuery, Func<HttpContent>? content, CancellationToken cancellationToken)
    {
        var address = new Uri($"{_options.BaseAddress.TrimEnd('/')}/{pathAndQuery}");
        using var deadline = new CancellationTokenSource(_options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var reply = await SendAsync(address, content?.Invoke(), either.Token);
                if (!reply.IsTransient)
                    return reply;
                logger.WeChatBusy(reply.Errcode);
                if (attempt == MaxTries)
                    return WeChatReply.Failed(SessionCode.WeChatUnreachable);
                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(50, 150) << attempt), time, either.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            logger.WeChatTimedOut(_options.Timeout);
            return WeChatReply.Failed(SessionCode.WeChatUnreachable);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The exception's own text may quote the address, and that has the app secret in it.
            logger.WeChatUnreachable(e is HttpRequestException http ? http.HttpRequestError.ToString() : e.GetType().Name);
            return WeChatReply.Failed(SessionCode.WeChatUnreachable);
        }
    }

    private async ValueTask<WeChatReply> SendAsync(Uri address, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, address) { Content = content };
        using var response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            return Unusable($"status {(int)response.StatusCode}");
        // The media type says nothing: WeChat sends JSON as text/plain.
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new PooledBuffer();
        if (!await BoundedBody.TryReadAsync(stream, body, MaxAnswerBytes, cancellationToken))
            return Unusable("an answer that is too long");
        var reply = WeChatReply.Read(body.WrittenMemory, out var fault);
        return fault is null ? reply : Unusable(fault);
    }

    private WeChatReply Unusable(string what)
    {
        logger.WeChatAnswerUnusable(what);
        return WeChatReply.Failed(SessionCode.WeChatAnswerUnusable);
    }
}
