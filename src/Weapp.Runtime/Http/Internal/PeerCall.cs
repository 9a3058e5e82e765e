using System.Net;
using System.Net.Http.Headers;
using Weapp.Protocol;
using Weapp.Protocol.Signatures;

namespace Weapp.Http;

/// <summary>Why a call to another server ended without an answer that can be read.</summary>
internal enum PeerError
{
    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>No whole answer in time.</summary>
    TimedOut,

    /// <summary>An HTTP status other than 200.</summary>
    BadStatus,

    /// <summary>An answer over the limit.</summary>
    TooLarge,
}

/// <summary>A call to another server ended without an answer that can be read.</summary>
internal sealed class PeerException(PeerError error, int? status, Exception? innerException) : Exception(error.ToString(), innerException)
{
    public PeerError Error => error;

    public int? Status => status;
}

/// <summary>An answer that came whole.</summary>
/// <param name="Body">Its bytes.</param>
/// <param name="KnowsId">Whether it repeats the call's <c>webhook-id</c>: its sender knows the call again.</param>
internal readonly record struct PeerAnswer(PooledBuffer Body, bool KnowsId) : IDisposable
{
    public void Dispose() => Body.Dispose();
}

/// <summary>A <c>POST</c> of JSON to the session server or the tunnel server, bounded in time and size.</summary>
internal static class PeerCall
{
    /// <summary>The handler of both servers' clients: what they send is signed or secret, so it goes to the configured address and nowhere else.</summary>
    public static SocketsHttpHandler CreateHandler(WeappOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = !string.IsNullOrEmpty(options.NetworkProxy),
        Proxy = string.IsNullOrEmpty(options.NetworkProxy) ? null : new WebProxy(options.NetworkProxy),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        // A host that is gone shows at once, and not when the answer of a slow one would be given up.
        ConnectTimeout = TimeSpan.FromSeconds(3),
    };

    /// <summary>Sends, and reads the whole answer.</summary>
    /// <param name="client">The client.</param>
    /// <param name="url">Where to.</param>
    /// <param name="body">JSON as UTF-8.</param>
    /// <param name="headers">Signs the call; null for a call without.</param>
    /// <param name="maxAnswer">The longest answer in bytes.</param>
    /// <param name="timeout">For everything: <see cref="HttpClient.Timeout"/> would not cover the answer's body.</param>
    /// <param name="time">Measures the timeout.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="PeerException">There is no such answer.</exception>
    public static async ValueTask<PeerAnswer> PostAsync(
        HttpClient client,
        Uri url,
        ReadOnlyMemory<byte> body,
        WebhookHeaders? headers,
        int maxAnswer,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            headers?.AddTo(request);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new PeerException(PeerError.BadStatus, (int)response.StatusCode, null);
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            var knowsId = headers is { Id: { } id } && response.Headers.TryGetValues(WebhookHeaders.IdName, out var ids) && ids.Contains(id, StringComparer.Ordinal);
            return new PeerAnswer(await ReadAsync(stream, maxAnswer, either.Token), knowsId);
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new PeerException(PeerError.TimedOut, null, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new PeerException(PeerError.Unreachable, null, exception);
        }
    }

    private static async ValueTask<PooledBuffer> ReadAsync(Stream stream, int maxAnswer, CancellationToken cancellationToken)
    {
        var answer = new PooledBuffer(4096);
        try
        {
            if (!await BoundedBody.TryReadAsync(stream, answer, maxAnswer, cancellationToken))
                throw new PeerException(PeerError.TooLarge, null, null);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }
}
