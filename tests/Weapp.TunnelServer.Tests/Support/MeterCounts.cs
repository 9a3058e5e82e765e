using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Weapp.TestKit;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>Adds up what the meter of the tunnel server counts, by instrument and tags: <c>name{tag=value,…}</c>, and <c>name</c> for all tags together.</summary>
public sealed class MeterCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    /// <param name="server">The server, right after its start.</param>
    public MeterCounts(TestServer server)
    {
        var scope = server.Service<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Weapp.TunnelServer" && instrument.Meter.Scope == scope)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _counts[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        _listener.Start();
    }

    public long this[string name]
    {
        get
        {
            // What is counted only when somebody looks.
            _listener.RecordObservableInstruments();
            return _counts.GetValueOrDefault(name);
        }
    }

    public Task UntilAsync(string name, long count, CancellationToken cancellationToken) => Condition.UntilAsync(
        () => this[name] == count, () => $"{name} to be {count}; it is {this[name]}", cancellationToken);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Add(instrument.Name, value);
        if (tags.Length > 0)
            Add($"{instrument.Name}{{{string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))}}}", value);
    }

    private void Add(string name, long value) => _counts.AddOrUpdate(name, value, (_, sum) => sum + value);
}
