using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Tunnels;

namespace Weapp.Outbound;

/// <summary>The tunnel server of this app: the one whose address is configured, else the embedded one.</summary>
internal sealed class TunnelServerSource(IOptions<WeappOptions> options, IServiceProvider services)
{
    private ITunnelServer? _value;

    /// <summary>The tunnel server.</summary>
    /// <exception cref="InvalidOperationException">Neither an address nor an embedded server: says what to do.</exception>
    public ITunnelServer Value => _value ??= Find();

    private ITunnelServer Find()
    {
        if (!string.IsNullOrEmpty(options.Value.TunnelServerUrl))
            return services.GetRequiredService<TunnelServerClient>();
        return services.GetService<ITunnelServer>() ?? throw new InvalidOperationException(
            "Weapp:TunnelServerUrl is missing and there is no embedded tunnel server: set it to the tunnel server's address, " +
            "or reference Weapp.TunnelServer and call services.AddTunnelServer(…) and app.MapTunnelServer().");
    }
}
