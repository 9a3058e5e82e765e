using Weapp.TunnelServer.Diagnostics;

namespace Weapp.TunnelServer.Delivery;

/// <summary>The bytes of one app's messages that wait, over all its tunnels: beyond the limit nothing more is read from its phones.</summary>
/// <param name="limit">How many bytes.</param>
/// <param name="metrics">The counters.</param>
internal sealed class AppBacklog(long limit, TunnelServerMetrics metrics)
{
    // Phones are read again when there is room for more than one of them.
    private const double Relief = 0.75;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _room;
    private long _bytes;

    /// <summary>Counts a message; the task ends when there is room for another.</summary>
    public Task Add(int bytes)
    {
        metrics.Waiting(1, bytes);
        if (Interlocked.Add(ref _bytes, bytes) < limit)
            return Task.CompletedTask;
        lock (_gate)
        {
            // It may have been relieved meanwhile, and nobody would say so again.
            return Volatile.Read(ref _bytes) < limit
                ? Task.CompletedTask
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Counts messages that wait no longer.</summary>
    /// <param name="messages">How many.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="areDropped">Whether the app will never see them.</param>
    public void Remove(int messages, int bytes, bool areDropped)
    {
        metrics.Waiting(-messages, -bytes);
        if (areDropped)
            metrics.Dropped(messages);
        if (Interlocked.Add(ref _bytes, -bytes) > limit * Relief || Volatile.Read(ref _room) is null)
            return;
        lock (_gate)
        {
            _room?.SetResult();
            _room = null;
        }
    }
}
