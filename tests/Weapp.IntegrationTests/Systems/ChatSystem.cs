using System.Security.Cryptography;
using Weapp.TestKit;

namespace Weapp.IntegrationTests.Systems;

/// <summary>A chat app with its tunnel server and its session server, as processes.</summary>
internal sealed class ChatSystem : IAsyncDisposable
{
    private const string ChatRoom = "samples/ChatRoom";
    private const string Servers = "src/Weapp.Server";

    /// <summary>Keeps a server's sessions in the folder that its process gets for itself.</summary>
    private const string OwnSessions = "--SessionServer:ConnectionString=Data Source=sessions.db";
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly List<Func<string>> _tails = [];

    private ChatSystem()
    {
    }

    /// <summary>The app server: <c>/login</c>, <c>/user</c>, <c>/tunnel</c>.</summary>
    public Uri App { get; private set; } = null!;

    /// <summary>The simulated WeChat: <c>/dev/wechat/login</c>.</summary>
    public Uri WeChat { get; private set; } = null!;

    /// <summary>ChatRoom as it is started by a newcomer: everything in one process, nothing configured.</summary>
    /// <param name="tunnelServer">More settings of the tunnel server.</param>
    /// <param name="cancellationToken">The test's token.</param>
    public static Task<ChatSystem> InOneProcessAsync(string[] tunnelServer, CancellationToken cancellationToken) => BuildAsync(async system =>
    {
        var chatRoom = system.Add(await ProcessServer.StartAsync(ChatRoom, [OwnSessions, .. tunnelServer], cancellationToken));
        system.App = system.WeChat = chatRoom.Address;
    });

    /// <summary>ChatRoom in one process, both servers in another, HTTP between them.</summary>
    /// <param name="tunnelServer">More settings of the tunnel server.</param>
    /// <param name="cancellationToken">The test's token.</param>
    public static Task<ChatSystem> InTwoProcessesAsync(string[] tunnelServer, CancellationToken cancellationToken) => BuildAsync(async system =>
    {
        var key = NewKey();
        var servers = await system.AddServersAsync(key, tunnelServer, cancellationToken);
        var chatRoom = await ProcessServer.StartAsync(
            ChatRoom,
            port =>
            [
                $"--Weapp:ServerHost=127.0.0.1:{port}",
                $"--Weapp:AuthServerUrl={new Uri(servers, "/mina_auth/")}",
                $"--Weapp:TunnelServerUrl={servers.GetLeftPart(UriPartial.Authority)}",
                $"--Weapp:TunnelSignatureKey={key}",
            ],
            cancellationToken);
        system.App = system.Add(chatRoom).Secret(key).Address;
    });

    /// <summary>The chat app on the official Node SDK, with our two servers.</summary>
    /// <param name="tunnelServer">More settings of the tunnel server.</param>
    /// <param name="cancellationToken">The test's token.</param>
    public static Task<ChatSystem> WithOfficialAppServerAsync(string[] tunnelServer, CancellationToken cancellationToken) => BuildAsync(async system =>
    {
        var key = NewKey();
        var servers = await system.AddServersAsync(key, tunnelServer, cancellationToken);
        var app = OfficialAppServer.Start(new Uri(servers, "/mina_auth/"), servers, key);
        system._parts.Add(app);
        system._tails.Add(app.Tail);
        system.App = await app.ListenAsync(cancellationToken);
    });

    /// <summary>The last lines of output of all processes, for a failed test.</summary>
    public string Tail() => string.Join("\n\n", _tails.Select(tail => tail()));

    public async ValueTask DisposeAsync()
    {
        // The app first, so that it does not report the loss of its servers.
        foreach (var part in Enumerable.Reverse(_parts))
            await part.DisposeAsync();
    }

    private static async Task<ChatSystem> BuildAsync(Func<ChatSystem, Task> build)
    {
        var system = new ChatSystem();
        try
        {
            await build(system);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    private static string NewKey() => RandomNumberGenerator.GetHexString(40, lowercase: true);

    private async Task<Uri> AddServersAsync(string key, string[] tunnelServer, CancellationToken cancellationToken)
    {
        string[] settings =
        [
            "--environment=Development",
            "--SessionServer:WeChat:Mode=Development",
            OwnSessions,
            $"--TunnelServer:SignatureKey={key}",
            .. tunnelServer,
        ];
        var servers = Add(await ProcessServer.StartAsync(Servers, settings, cancellationToken)).Secret(key);
        WeChat = servers.Address;
        return servers.Address;
    }

    private ProcessServer Add(ProcessServer server)
    {
        _parts.Add(server);
        _tails.Add(server.Tail);
        return server;
    }
}
