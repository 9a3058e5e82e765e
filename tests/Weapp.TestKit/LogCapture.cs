using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Weapp.TestKit;

/// <summary>A captured log line, rendered as a console would.</summary>
public sealed record LogLine(string Category, LogLevel Level, EventId EventId, string Text);

/// <summary>Keeps every log line of a server, at every level.</summary>
public sealed class LogCapture : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly List<(Func<LogLine, bool> Match, TaskCompletionSource<LogLine> Found)> _waiters = [];

    public IReadOnlyCollection<LogLine> Lines => _lines;

    /// <summary>The first line that matches, already there or still to come.</summary>
    public async Task<LogLine> WaitForAsync(Func<LogLine, bool> match, CancellationToken cancellationToken)
    {
        var found = new TaskCompletionSource<LogLine>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiters)
        {
            if (_lines.FirstOrDefault(match) is { } line)
                return line;
            _waiters.Add((match, found));
        }

        return await found.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Add(LogLine line)
    {
        lock (_waiters)
        {
            _lines.Enqueue(line);
            _waiters.RemoveAll(waiter => waiter.Match(line) && waiter.Found.TrySetResult(line));
        }
    }

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            capture.Add(new LogLine(category, logLevel, eventId, exception is null ? text : $"{text} {exception}"));
        }
    }
}
