using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Signatures;

namespace Weapp.TunnelServer.Delivery;

/// <summary>Posts one event, with a deadline of its own that covers the answer's body, and judges the answer.</summary>
internal sealed class HttpEventSender(IHttpClientFactory clients, IOptions<TunnelServerOptions> options, TimeProvider time)
{
    /// <summary>The name of the HTTP client; its handler follows no redirects and keeps no cookies.</summary>
    public const string ClientName = "Weapp.TunnelServer.Events";

    /// <summary>The name of one that opens a connection for every event.</summary>
    public const string FreshClientName = ClientName + ".Fresh";

    /// <summary>The longest that a connection may take to come about.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long a connection is used, so that a change of the app's address is noticed.</summary>
    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private const int MaxAnswerBytes = 16 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <param name="receiveUrl">The app.</param>
    /// <param name="body">The event.</param>
    /// <param name="headers">Its signature, where there is one in headers.</param>
    /// <param name="isFresh">Whether to open a connection: those that there are may be broken without anybody having been told.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async ValueTask<DeliveryOutcome> SendAsync(Uri receiveUrl, byte[] body, WebhookHeaders? headers, bool isFresh, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Value.DeliveryTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, receiveUrl) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = Json;
            headers?.AddTo(request);
            var client = clients.CreateClient(isFresh ? FreshClientName : ClientName);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            using var answer = new PooledBuffer(1024);
            var whole = await ReadAsync(response, answer, linked.Token);
            return Judge(response, whole ? ReadCode(answer.WrittenSpan) : null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryOutcome.Unreachable("no answer in time", isCertain: false);
        }
        catch (HttpRequestException exception)
        {
            return DeliveryOutcome.Unreachable($"no connection ({exception.HttpRequestError})", isCertain: true);
        }
        catch (IOException)
        {
            return DeliveryOutcome.Unreachable("connection lost", isCertain: false);
        }
    }

    private DeliveryOutcome Judge(HttpResponseMessage response, int? code)
    {
        var status = (int)response.StatusCode;
        return (status, code) switch
        {
            (200, 0) => DeliveryOutcome.Accepted,
            (200, null) => DeliveryOutcome.Refused("status 200 without a code"),
            // 9009: an earlier event is still on its way.
            // 9500 and 9503: one handler failed or took too long, and not the whole app.
            (409, 9009) or (500, 9500) or (503, 9503) => DeliveryOutcome.Failed($"status {status}, code {code}"),
            // 9007: the clocks differ, which somebody may mend.
            (400, 9007) or (408 or 425 or 429 or 502 or 503 or 504, _) =>
                DeliveryOutcome.Unreachable(code is null ? $"status {status}" : $"status {status}, code {code}", isCertain: false, RetryAfter(response)),
            (410, _) => DeliveryOutcome.Gone("status 410: nothing more is sent to this address until the app asks for a tunnel again"),
            _ => DeliveryOutcome.Refused(code is null ? $"status {status}" : $"status {status}, code {code}"),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } asked ? asked.Delta ?? asked.Date - time.GetUtcNow() : null;

    // False when the answer is longer than it may be.
    private static async Task<bool> ReadAsync(HttpResponseMessage response, PooledBuffer answer, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (answer.WrittenCount <= MaxAnswerBytes)
        {
            var read = await stream.ReadAsync(answer.GetMemory(), cancellationToken);
            if (read == 0)
                return true;
            answer.Advance(read);
        }

        return false;
    }

    // The number that is the answer's code; null for anything that is no such answer.
    private static int? ReadCode(ReadOnlySpan<byte> answer)
    {
        if (answer.StartsWith("\uFEFF"u8))
            answer = answer[3..];
        try
        {
            var reader = new Utf8JsonReader(answer);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            int? code = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isCode = reader.ValueTextEquals("code"u8);
                reader.Read();
                if (isCode && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value))
                    code = value;
                reader.Skip();
            }

            // Text after the object makes this throw.
            reader.Read();
            return code;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
