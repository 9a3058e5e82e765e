using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Weapp.Runtime.Tests.Support;

/// <summary>What one app counts, from now on.</summary>
internal sealed class Counts : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _totals = new();
    private readonly MeterListener _listener = new();

    public Counts(ChatApp app)
    {
        var factory = app.Server.Service<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other tests' apps have meters of the same name.
            if (instrument.Meter.Name == "Weapp" && ReferenceEquals(instrument.Meter.Scope, factory))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var name = instrument.Name;
            foreach (var (tag, text) in tags)
                name += $" {tag}={text}";
            _totals.AddOrUpdate(name, value, (_, total) => total + value);
        });
        _listener.Start();
    }

    /// <summary>Each counter with its tags and its total, in alphabetical order.</summary>
    public IEnumerable<string> Lines => _totals.Select(static total => $"{total.Key}: {total.Value}").Order(StringComparer.Ordinal);

    public void Dispose() => _listener.Dispose();
}
