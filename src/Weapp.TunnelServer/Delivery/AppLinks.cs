using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Delivery;

/// <summary>The apps that have tunnels here. An app is one owner at one host and port; without tunnels it is forgotten.</summary>
internal sealed class AppLinks
{
    private const int FewLinks = 16;

    private readonly TunnelServerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TunnelServerMetrics _metrics;
    private readonly EventDelivery _delivery;
    private readonly ConcurrentDictionary<(TunnelOwner Owner, string Authority), WeakReference<AppLink>> _links = new();
    private int _pruneAt = FewLinks;

    public AppLinks(IOptions<TunnelServerOptions> options, EventDelivery delivery, TunnelServerMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _delivery, _metrics, _time) = (options.Value, delivery, metrics, time);
        _logger = loggers.CreateLogger(TunnelServerLog.Category);
        Local = Make("in this process", turns: null);
        delivery.Hurried.Register(Hurry);
        metrics.CountAppsAway(() => _links.Values.Count(static link => link.TryGetTarget(out var app) && app.IsAway));
    }

    /// <summary>The app in this process.</summary>
    public AppLink Local { get; }

    public AppLink Of(TunnelOwner owner, Uri receiveUrl)
    {
        var key = (owner, receiveUrl.Authority);
        while (true)
        {
            if (_links.TryGetValue(key, out var known))
            {
                if (known.TryGetTarget(out var link))
                    return link;
                _links.TryRemove(KeyValuePair.Create(key, known));
            }

            var made = Make(receiveUrl.Authority, _options.DeliveriesPerApp);
            if (!_links.TryAdd(key, new WeakReference<AppLink>(made)))
                continue;
            Prune();
            return made;
        }
    }

    private AppLink Make(string name, int? turns) => new(name, turns, _options.AppQueueBytes, _time, _logger, _metrics, _delivery.Hurried);

    private void Prune()
    {
        var count = _links.Count;
        if (count < Volatile.Read(ref _pruneAt))
            return;
        foreach (var entry in _links)
        {
            if (!entry.Value.TryGetTarget(out _))
                _links.TryRemove(entry);
        }

        Volatile.Write(ref _pruneAt, Math.Max(FewLinks, _links.Count * 2));
    }

    private void Hurry()
    {
        foreach (var (_, reference) in _links)
        {
            if (reference.TryGetTarget(out var link))
                link.Due();
        }
    }
}
