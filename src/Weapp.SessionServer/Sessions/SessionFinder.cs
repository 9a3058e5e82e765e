using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;
using Weapp.SessionServer.Diagnostics;
using Weapp.SessionServer.Store;

namespace Weapp.SessionServer.Sessions;

/// <summary>Finds sessions that are still valid, and prolongs them.</summary>
internal sealed class SessionFinder(ISessionStore store, IOptions<SessionServerOptions> options, TimeProvider time, ILogger<SessionFinder> logger)
{
    /// <summary>A visit is noted when the last one is this long ago: a write for each check would be the most of its cost.</summary>
    private static readonly TimeSpan LongestVisit = TimeSpan.FromMinutes(1);

    private readonly SessionServerOptions _options = options.Value;

    /// <summary>What is stored of a skey.</summary>
    public static byte[] Hash(string skey) => SHA256.HashData(Encoding.UTF8.GetBytes(skey));

    /// <summary>Finds a session by its secret, whatever its age.</summary>
    /// <param name="id">Its id; null to find it by <paramref name="skey"/> alone.</param>
    /// <param name="skey">Its secret.</param>
    /// <param name="appId">The mini program whose it must be; null for any.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <exception cref="SessionStoreException">The store failed.</exception>
    public async ValueTask<FoundSession?> FindAsync(string? id, string skey, string? appId, CancellationToken cancellationToken) =>
        skey.Length <= SessionAnswerReader.MaxKeyLength
            && await store.FindAsync(Hash(skey), cancellationToken) is { } found
            && (id is null || found.Session.Id == id)
            && (appId is null || found.Session.User.AppId == appId)
                ? found
                : null;

    /// <summary>Finds a session that is still valid, and prolongs it.</summary>
    /// <param name="id">Its id; null to find it by <paramref name="skey"/> alone.</param>
    /// <param name="skey">Its secret.</param>
    /// <param name="appId">The mini program whose it must be; null for any.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The session and 0, or the code of the refusal.</returns>
    public async ValueTask<(int Code, FoundSession? Found)> UseAsync(string? id, string skey, string? appId, CancellationToken cancellationToken)
    {
        FoundSession? found;
        try
        {
            found = await FindAsync(id, skey, appId, cancellationToken);
        }
        catch (SessionStoreException e)
        {
            logger.StoreFailed(e);
            return (SessionCode.StoreError, null);
        }

        if (found is null)
            return (SessionCode.SessionFailed, null);
        var now = time.GetUtcNow();
        if (now - found.Session.Created >= _options.LoginDuration || now - found.Session.Visited >= _options.SessionDuration)
            return (SessionCode.SessionExpired, null);
        try
        {
            if (now - found.Session.Visited >= VisitInterval)
                await store.VisitAsync(found.Session, now, cancellationToken);
            return (SessionCode.Ok, found);
        }
        catch (SessionStoreException e)
        {
            logger.VisitNotStored(e);
            return (SessionCode.VisitNotStored, null);
        }
    }

    /// <summary>At most a thousandth of the time that a session lives.</summary>
    private TimeSpan VisitInterval => TimeSpan.FromTicks(Math.Min(LongestVisit.Ticks, _options.SessionDuration.Ticks / 1000));
}
