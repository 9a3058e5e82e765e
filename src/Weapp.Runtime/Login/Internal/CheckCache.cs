using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;

namespace Weapp.Login;

/// <summary>Remembers successful checks for <see cref="WeappOptions.CheckCacheDuration"/>; by default, not at all.</summary>
/// <remarks>
/// An entry is found by the hash of its skey alone, so that a logout with or without id removes it, and holds the hash of the id that was
/// checked with it: another id is another question. Apps of other mini programs, or with another session server, may share the cache: what they
/// were told holds for them.
/// </remarks>
internal sealed class CheckCache
{
    // The library's own implementation is not made for trimming, so only apps that want a cache bring it.
    private const string Missing =
        "Weapp:CheckCacheDuration needs a HybridCache: add the package Microsoft.Extensions.Caching.Hybrid and call builder.Services.AddHybridCache(), or set it to 0.";

    private readonly HybridCache? _cache;
    private readonly string _prefix;
    private readonly HybridCacheEntryOptions _reading;
    private readonly HybridCacheEntryOptions _writing;

    public CheckCache(IOptions<WeappOptions> options, IServiceProvider services)
    {
        var duration = options.Value.CheckCacheDuration;
        _cache = duration > TimeSpan.Zero ? services.GetService<HybridCache>() ?? throw new InvalidOperationException(Missing) : null;
        _prefix = $"weapp:check:{Hash($"{options.Value.AppId} {options.Value.AuthServerUrl}")[..16]}:";
        _writing = new HybridCacheEntryOptions { Expiration = duration, LocalCacheExpiration = duration };
        // What was read from a cache shared with other nodes must not live here for its whole duration again.
        _reading = new HybridCacheEntryOptions
        {
            Expiration = duration,
            LocalCacheExpiration = duration,
            Flags = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableLocalCacheWrite,
        };
    }

    /// <summary>The user of a session that was valid a short while ago; null where that is not known.</summary>
    public async ValueTask<UserInfo?> FindAsync(string? id, string skey, CancellationToken cancellationToken)
    {
        if (_cache is null)
            return null;
        var entry = await _cache.GetOrCreateAsync(Key(skey), static _ => ValueTask.FromResult<byte[]?>(null), _reading, cancellationToken: cancellationToken);
        return entry is not null
            && entry.AsSpan().StartsWith(IdHash(id))
            && UserInfoJson.TryRead(entry.AsMemory(SHA256.HashSizeInBytes), out var user) ? user : null;
    }

    /// <summary>Remembers a session that has just been found valid.</summary>
    public ValueTask AddAsync(string? id, string skey, UserInfo user, CancellationToken cancellationToken) =>
        _cache?.SetAsync(Key(skey), (byte[])[.. IdHash(id), .. UserInfoJson.ToUtf8(user)], _writing, cancellationToken: cancellationToken) ?? default;

    /// <summary>Forgets a session.</summary>
    public ValueTask RemoveAsync(string skey, CancellationToken cancellationToken) => _cache?.RemoveAsync(Key(skey), cancellationToken) ?? default;

    private string Key(string skey) => _prefix + Hash(skey);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static byte[] IdHash(string? id) => SHA256.HashData(Encoding.UTF8.GetBytes(id ?? ""));
}
