using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Weapp.Server;

/// <summary>
/// Refuses connections while the process is about to run out of file descriptors: with none left the runtime cannot start a thread, and the process ends, with
/// every tunnel that it holds.
/// </summary>
internal sealed class DescriptorReserve(int limit, int? managementPort, TimeProvider time, ILogger logger)
{
    private const string LimitsFile = "/proc/self/limits";
    private const string LimitName = "Max open files";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    // For threads, for Redis and for the connections to apps.
    private readonly int _reserve = Math.Clamp(limit / 10, 64, 2000);
    private readonly Lock _gate = new();
    private long? _saidAt;
    private int _refused;

    /// <summary>Does nothing where the system does not say how many there are. Whoever asks for health is always let in.</summary>
    public static void Apply(WebApplicationBuilder builder, Uri? management)
    {
        if (!File.Exists(LimitsFile) || Read(File.ReadAllText(LimitsFile)) is not { } limit)
            return;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var logger = kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Weapp.Server");
            var reserve = new DescriptorReserve(limit, management?.Port, TimeProvider.System, logger);
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection => reserve.Has(connection) ? next(connection) : Task.CompletedTask));
        });
    }

    // The soft limit, which the runtime has raised to the hard one.
    private static int? Read(string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(static line => line.StartsWith(LimitName, StringComparison.Ordinal));
        return line?[LimitName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..] && int.TryParse(soft, out var limit) ? limit : null;
    }

    // The system gives the lowest number that is free, so a high one says how many are in use.
    private bool Has(ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket.Handle is not { } number
            || number < limit - _reserve
            || (connection.LocalEndPoint is IPEndPoint local && local.Port == managementPort))
            return true;
        Refuse();
        return false;
    }

    private void Refuse()
    {
        lock (_gate)
        {
            _refused++;
            if (_saidAt is { } at && time.GetElapsedTime(at) < Silence)
                return;
            ServerLog.DescriptorsShort(logger, limit, _refused);
            (_saidAt, _refused) = (time.GetTimestamp(), 0);
        }
    }
}
