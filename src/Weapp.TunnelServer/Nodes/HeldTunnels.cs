using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Weapp.TunnelServer.Nodes;

/// <summary>
/// What this node has claimed, as it stands in Redis: for a Redis that loses it, and until their close events are done with. It stays here when a lease is
/// lost, until it is certain that somebody else sends those.
/// </summary>
internal sealed class HeldTunnels(RedisTunnels redis, TimeProvider time, ILoggerFactory loggers)
{
    private const int Batch = 500;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _logger = loggers.CreateLogger(NodeLog.Category);
    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);
    // Claims whose outcome is not known yet, by their ids, and the tunnels that they are for.
    private readonly ConcurrentDictionary<string, string> _claims = new(StringComparer.Ordinal);
    private readonly Channel<Entry> _released = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private int _entries;

    /// <summary>How often tunnels have been entered again: a claim that spans it may have been missed.</summary>
    public int Entries => Volatile.Read(ref _entries);

    /// <summary>A claim begins: what Redis has of its tunnel is not to be forgotten before <see cref="ClaimEnded"/>.</summary>
    public void ClaimBegins(string claimId, string id) => _claims[claimId] = id;

    /// <summary>A claim has ended: the tunnel is held, or what Redis may have of it is to be forgotten now.</summary>
    public void ClaimEnded(string claimId) => _claims.TryRemove(claimId, out _);

    /// <summary>Takes a tunnel that was claimed.</summary>
    /// <param name="id">The tunnel.</param>
    /// <param name="lease">Under which it was claimed.</param>
    /// <param name="record">Its route.</param>
    /// <param name="entries"><see cref="Entries"/> before the claim.</param>
    public async ValueTask AddAsync(string id, NodeLease lease, byte[] record, int entries)
    {
        _held[id] = new Held(lease, record);
        if (Entries == entries)
            return;
        try
        {
            await redis.EnterAsync(lease.NodeId, [KeyValuePair.Create(id, record)]);
        }
        catch
        {
            _held.TryRemove(id, out _);
            throw;
        }
    }

    /// <summary>A tunnel's close event is done with.</summary>
    public void Release(string id)
    {
        if (_held.TryRemove(id, out var held))
            TakeOut(held.Lease, id);
    }

    /// <summary>Takes what a lease may have in Redis out of it, unless another claim with the same ticket has opened the tunnel or may do so.</summary>
    public void Forget(NodeLease lease, string id)
    {
        // In this order: a claim ends after the tunnel is held.
        if (!_claims.Values.Contains(id) && !_held.ContainsKey(id))
            TakeOut(lease, id);
    }

    /// <summary>Enters a lease's tunnels again, in a Redis that may have lost them or has old ones.</summary>
    public async Task EnterAsync(NodeLease lease)
    {
        Interlocked.Increment(ref _entries);
        var count = 0;
        foreach (var batch in _held.Where(held => held.Value.Lease == lease).Chunk(Batch))
        {
            await redis.EnterAsync(lease.NodeId, batch.Select(static held => KeyValuePair.Create(held.Key, held.Value.Record)));
            count += batch.Length;
        }

        // Those that ended while it was entered, and those that an older copy of Redis's data brought back.
        await foreach (var (id, _) in redis.TunnelsOfAsync(lease.NodeId))
        {
            if (!_held.ContainsKey(id))
                Forget(lease, id);
        }

        NodeLog.Entered(_logger, count);
    }

    /// <summary>Leaves the tunnels of leases that are lost to the others, this node under its new lease among them.</summary>
    /// <param name="epoch">Redis's epoch.</param>
    public async Task BequeathAsync(string epoch)
    {
        foreach (var lost in _held.Where(static held => held.Value.Lease.Lost.IsCancellationRequested).GroupBy(static held => held.Value.Lease).ToList())
        {
            var (node, count) = (lost.Key.NodeId, 0);
            if (lost.Key.Epoch == epoch)
            {
                // They are where they were entered, unless somebody has dealt with them.
                await redis.LeaveAsync(node);
            }
            else
            {
                foreach (var batch in lost.Chunk(Batch))
                {
                    await redis.BequeathAsync(node, batch.Select(static held => KeyValuePair.Create(held.Key, held.Value.Record)));
                    count += batch.Length;
                }

                NodeLog.Bequeathed(_logger, node, count);
            }

            foreach (var held in lost)
                _held.TryRemove(held);
        }
    }

    /// <summary>Takes released tunnels out of Redis, until the token is cancelled; and then those that are left, once.</summary>
    public async Task ReleaseAllAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Entry>(Batch);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (batch.Count == 0)
                    await _released.Reader.WaitToReadAsync(cancellationToken);
                await FlushAsync(batch);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                await Task.Delay(RetryPause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception exception)
            {
                NodeLog.UpkeepFailed(_logger, exception);
                await Task.Delay(RetryPause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await FlushAsync(batch);
    }

    private void TakeOut(NodeLease lease, string id) => _released.Writer.TryWrite(new Entry(lease.NodeId, id));

    private async Task FlushAsync(List<Entry> batch)
    {
        do
        {
            while (batch.Count < Batch && _released.Reader.TryRead(out var entry))
                batch.Add(entry);
            foreach (var node in batch.GroupBy(static entry => entry.NodeId))
                await redis.ReleaseAsync(node.Key, node.Select(static entry => entry.Id));
            batch.Clear();
        }
        while (_released.Reader.TryPeek(out _));
    }

    private readonly record struct Entry(string NodeId, string Id);

    private sealed record Held(NodeLease Lease, byte[] Record);
}
