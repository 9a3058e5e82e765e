using System.Diagnostics;

namespace Weapp.TestKit;

/// <summary>Waits for what several threads or processes bring about.</summary>
public static class Condition
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Waits until it is so.</summary>
    /// <param name="condition">Whether it is.</param>
    /// <param name="wanted">What is waited for, for the failure's message.</param>
    /// <param name="cancellationToken">The test's token.</param>
    /// <param name="deadline">How long; 30 seconds by default.</param>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> UntilAsync(
        Func<Task<bool>> condition, Func<string> wanted, CancellationToken cancellationToken, TimeSpan? deadline = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > (deadline ?? Deadline))
                throw new TimeoutException($"Waited {watch.Elapsed.TotalSeconds:0.0} s for {wanted()}.");
            // Processes, Redis and files tell nobody that they have changed: they are looked at again.
            await Task.Delay(20, cancellationToken);
        }

        return watch.Elapsed;
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, Func{string}, CancellationToken, TimeSpan?)"/>
    public static Task<TimeSpan> UntilAsync(Func<bool> condition, Func<string> wanted, CancellationToken cancellationToken, TimeSpan? deadline = null) =>
        UntilAsync(() => Task.FromResult(condition()), wanted, cancellationToken, deadline);
}
