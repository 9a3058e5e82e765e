using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Weapp.TunnelServer.Nodes;

/// <summary>Ties a node of several to the host's life. The only node has nothing of all that.</summary>
internal sealed class NodeService(IOptions<TunnelServerOptions> options, IServiceProvider services) : IHostedService
{
    private NodeUpkeep? _upkeep;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Redis is not null)
            (_upkeep = services.GetRequiredService<NodeUpkeep>()).Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _upkeep?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
