using System.Threading.Channels;

namespace Weapp.TestKit;

/// <summary>What came in, in order; a test takes what it waits for.</summary>
/// <remarks>One reader at a time.</remarks>
public sealed class Inbox<T>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly Channel<T> _items = Channel.CreateUnbounded<T>();
    private readonly List<T> _taken = [];

    public void Add(T item) => _items.Writer.TryWrite(item);

    /// <summary>Nothing more will come.</summary>
    public void Complete() => _items.Writer.TryComplete();

    /// <summary>The next item that matches; those before it are passed over.</summary>
    /// <param name="match">Which item.</param>
    /// <param name="wanted">What the test waits for, for the failure's message.</param>
    /// <param name="detail">What else helps to understand the failure.</param>
    /// <param name="cancellationToken">The test's token.</param>
    /// <param name="isFatal">Which item means that it will not come any more.</param>
    /// <exception cref="TimeoutException">It did not come within 30 seconds, or it cannot come any more.</exception>
    public async Task<T> TakeAsync(
        Func<T, bool> match, string wanted, Func<string>? detail, CancellationToken cancellationToken, Func<T, bool>? isFatal = null)
    {
        var passedOver = _taken.Count;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        var why = "its source has ended";
        try
        {
            await foreach (var item in _items.Reader.ReadAllAsync(deadline.Token))
            {
                _taken.Add(item);
                if (match(item))
                    return item;
                if (isFatal?.Invoke(item) is true)
                {
                    why = "something else happened";
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            why = $"{Deadline.TotalSeconds:0} s have passed";
        }

        throw new TimeoutException($"""
            Waited for {wanted}, and {why}. Meanwhile came:
            {Lines(_taken.Skip(passedOver))}
            Before that:
            {Lines(_taken.Take(passedOver).TakeLast(20))}
            {detail?.Invoke()}
            """);
    }

    private static string Lines(IEnumerable<T> items) => string.Join('\n', items.Select(item => $"  {item}").DefaultIfEmpty("  nothing"));
}
