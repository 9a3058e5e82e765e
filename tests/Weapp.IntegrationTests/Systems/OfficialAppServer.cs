using System.Text.Json;
using Weapp.TestKit;

namespace Weapp.IntegrationTests.Systems;

/// <summary>The official chat demo's app server, on the official Node SDK.</summary>
internal sealed class OfficialAppServer : IAsyncDisposable
{
    private readonly NodeProcess _process;

    private OfficialAppServer(NodeProcess process)
    {
        _process = process;
    }

    public static OfficialAppServer Start(Uri authServer, Uri tunnelServer, string tunnelSignatureKey)
    {
        var settings = new
        {
            ServerHost = "127.0.0.1",
            AuthServerUrl = authServer,
            TunnelServerUrl = tunnelServer.GetLeftPart(UriPartial.Authority),
            TunnelSignatureKey = tunnelSignatureKey,
        };
        return new OfficialAppServer(NodeProcess.Start("app-server.js", JsonSerializer.Serialize(settings, JsonSerializerOptions.Web)));
    }

    /// <summary>Its address, as soon as it listens.</summary>
    public async Task<Uri> ListenAsync(CancellationToken cancellationToken)
    {
        var port = await _process.WaitForAsync("listening", cancellationToken);
        return new Uri($"http://127.0.0.1:{port}");
    }

    public string Tail() => $"Official app server: {_process.Tail()}";

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
