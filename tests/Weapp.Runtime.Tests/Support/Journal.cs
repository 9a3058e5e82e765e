using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Weapp.Runtime.Tests.Support;

/// <summary>What handlers saw, in order, and the gates at which they wait until the test lets them on.</summary>
public sealed class Journal
{
    private readonly Channel<string> _entries = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _all = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    /// <summary>Every entry so far.</summary>
    public IReadOnlyCollection<string> All => _all;

    public void Add(string entry)
    {
        _all.Enqueue(entry);
        _entries.Writer.TryWrite(entry);
    }

    /// <summary>The next entry, already there or still to come.</summary>
    public async Task<string> NextAsync() =>
        await _entries.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Deadline, TestContext.Current.CancellationToken);

    /// <summary>Lets through who waits at a gate, or will.</summary>
    public void Open(string gate) => Gate(gate).TrySetResult();

    /// <summary>Waits until a gate is opened.</summary>
    public Task WaitAt(string gate) => Gate(gate).Task;

    private TaskCompletionSource Gate(string name) =>
        _gates.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
