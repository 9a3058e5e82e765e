using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Text;

namespace Weapp.SessionServer.WeChat;

/// <summary>The access tokens of our mini programs, from <c>stable_token</c>: kept until they are about to expire, fetched once at a time.</summary>
internal sealed class AccessTokens(WeChatHttp http, IOptions<SessionServerOptions> options, TimeProvider time) : IWeChatAccessTokens
{
    /// <summary>WeChat hands out the next token five minutes before the end of the last one.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Holder> _holders = new();

    public ValueTask<string> GetAsync(string? appId, CancellationToken cancellationToken) =>
        (appId ?? options.Value.DefaultAppId) is { } named && options.Value.SecretOf(named) is { } secret
            ? GetAsync(new MiniProgram(named, secret), null, cancellationToken)
            : throw new ArgumentException("No such mini program: name one that SessionServer:AppId or SessionServer:Apps has.", nameof(appId));

    /// <param name="app">Whose token.</param>
    /// <param name="refused">A token that WeChat does not take any more, so that the next one is fetched.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="WeChatException">WeChat gave none.</exception>
    public async ValueTask<string> GetAsync(MiniProgram app, string? refused, CancellationToken cancellationToken)
    {
        var holder = _holders.GetOrAdd(app.AppId, static _ => new Holder());
        if (holder.Find(refused, time.GetUtcNow()) is { } ready)
            return ready;
        await holder.Fetching.WaitAsync(cancellationToken);
        try
        {
            if (holder.Find(refused, time.GetUtcNow()) is { } fetched)
                return fetched;
            var reply = await http.CallAsync("cgi-bin/stable_token", () => Body(app), cancellationToken);
            if (!reply.IsSuccess
                || reply.Json.Text("access_token"u8) is not { } token
                || !reply.Json.TryGetProperty("expires_in"u8, out var expiresIn)
                || expiresIn.ValueKind != JsonValueKind.Number
                || !expiresIn.TryGetInt32(out var seconds))
                throw WeChatException.Of(reply);
            holder.Token = new Token(token, time.GetUtcNow() + TimeSpan.FromSeconds(seconds) - Margin);
            return token;
        }
        finally
        {
            holder.Fetching.Release();
        }
    }

    private static StringContent Body(MiniProgram app)
    {
        using var body = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteString("grant_type"u8, "client_credential"u8);
            writer.WriteString("appid"u8, app.AppId);
            writer.WriteString("secret"u8, app.Secret);
            writer.WriteEndObject();
        }

        return new StringContent(Encoding.UTF8.GetString(body.WrittenSpan), Encoding.UTF8, "application/json");
    }

    private sealed class Holder
    {
        public SemaphoreSlim Fetching { get; } = new(1);

        public Token? Token { get; set; }

        public string? Find(string? refused, DateTimeOffset now) =>
            Token is { } token && token.Text != refused && now < token.FreshUntil ? token.Text : null;
    }

    private sealed class Token(string text, DateTimeOffset freshUntil)
    {
        public string Text { get; } = text;

        public DateTimeOffset FreshUntil { get; } = freshUntil;
    }
}
