using System.Runtime.InteropServices;

namespace Weapp.Dispatch;

/// <summary>Lets the events of one tunnel through one at a time, in the order in which they came; tunnels do not wait for each other.</summary>
internal sealed class TunnelSequencer
{
    private readonly Dictionary<string, Queue<TaskCompletionSource>?> _busy = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Waits for a tunnel's turn. Each call that ends well is followed by one <see cref="Exit"/>.</summary>
    public ValueTask EnterAsync(string tunnelId, TimeSpan patience, TimeProvider time)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            ref var waiting = ref CollectionsMarshal.GetValueRefOrAddDefault(_busy, tunnelId, out var isBusy);
            if (!isBusy)
                return ValueTask.CompletedTask;
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (waiting ??= new Queue<TaskCompletionSource>()).Enqueue(turn);
        }

        return WaitAsync(turn, patience, time);
    }

    /// <summary>Gives the turn to the tunnel's next event.</summary>
    public void Exit(string tunnelId)
    {
        lock (_lock)
        {
            _busy.Remove(tunnelId, out var waiting);
            while (waiting is not null && waiting.TryDequeue(out var turn))
            {
                // One that lost its patience has left the queue in all but name.
                if (!turn.TrySetResult())
                    continue;
                _busy.Add(tunnelId, waiting);
                return;
            }
        }
    }

    private static async ValueTask WaitAsync(TaskCompletionSource turn, TimeSpan patience, TimeProvider time)
    {
        try
        {
            await turn.Task.WaitAsync(patience, time);
        }
        catch (TimeoutException) when (!turn.TrySetCanceled())
        {
            // The turn came just as the patience ran out.
        }
    }
}
