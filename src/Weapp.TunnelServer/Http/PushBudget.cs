using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary>How many bytes an app may push to its phones: a call is taken whole, whatever it costs, while those before it are paid for.</summary>
internal sealed class PushBudget(IOptions<TunnelServerOptions> options, TimeProvider time)
{
    // How far an app may be ahead of its rate.
    private readonly long _credit = time.TimestampFrequency;
    private readonly double _perByte = (double)time.TimestampFrequency / options.Value.PushBytesPerSecond;
    private readonly ConcurrentDictionary<TunnelOwner, Account> _accounts = new();

    /// <summary>Charges a call; false when the app has to wait.</summary>
    /// <param name="owner">The app.</param>
    /// <param name="bytes">The bytes of the call's messages, for each tunnel that gets them.</param>
    public bool TryTake(TunnelOwner owner, long bytes)
    {
        var account = _accounts.GetOrAdd(owner, static _ => new Account());
        lock (account.Gate)
        {
            var now = time.GetTimestamp();
            if (account.PaidAt - now > _credit)
                return false;
            account.PaidAt = Math.Max(account.PaidAt, now) + (long)(bytes * _perByte);
            return true;
        }
    }

    private sealed class Account
    {
        public Lock Gate { get; } = new();

        public long PaidAt { get; set; }
    }
}
