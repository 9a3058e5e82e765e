using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Weapp.TestKit;
using Weapp.TestKit.Nodes;

namespace Weapp.IntegrationTests.Faults;

/// <summary>The server executable and an app that writes down what it saw, as two processes.</summary>
internal sealed class EchoSystem : IAsyncDisposable
{
    private readonly string _key = RandomNumberGenerator.GetHexString(40, lowercase: true);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weapp-test-");
    private readonly List<NodePhone> _phones = [];
    private readonly HttpClient _client = new();

    private EchoSystem()
    {
    }

    public ProcessServer Server { get; private set; } = null!;

    public ProcessServer App { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string DiaryFile => Path.Combine(_folder.FullName, "diary.txt");

    public static async Task<EchoSystem> StartAsync()
    {
        var system = new EchoSystem();
        try
        {
            system.Server = (await ProcessServer.StartAsync(
                "src/Weapp.Server",
                [$"--TunnelServer:SignatureKey={system._key}", "--TunnelServer:ReceiveHosts:0=127.0.0.1", "--TunnelServer:PingInterval=01:00:00", "--Logging:LogLevel:Weapp=Information"],
                Token)).Secret(system._key);
            system.App = (await ProcessServer.StartAsync("tests/Weapp.TestApp", system.Settings, Token)).Secret(system._key);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the app again, where it was.</summary>
    public async Task RestartAppAsync()
    {
        var port = App.Address.Port;
        await App.DisposeAsync();
        App = (await ProcessServer.StartAsync("tests/Weapp.TestApp", Settings(port), Token, port)).Secret(_key);
    }

    public async Task<IReadOnlyList<NodePhone>> ConnectAsync(int count)
    {
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token }, async (_, token) =>
        {
            var answer = await _client.GetFromJsonAsync<JsonElement>(new Uri(App.Address, "/tunnel"), token);
            var phone = await NodePhone.ConnectAsync(answer.GetProperty("url").GetString()!, token);
            lock (_phones)
                _phones.Add(phone);
        });
        return _phones;
    }

    /// <summary>What the app wrote down, by tunnel.</summary>
    public Dictionary<string, List<string>> Read()
    {
        var tunnels = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        using var file = new StreamReader(new FileStream(DiaryFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = file.ReadToEnd();
        // The last line may be half written.
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var split = line.IndexOf(' ', StringComparison.Ordinal);
            if (!tunnels.TryGetValue(line[..split], out var events))
                tunnels[line[..split]] = events = [];
            events.Add(line[(split + 1)..]);
        }

        return tunnels;
    }

    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(_phones, static async (phone, _) => await phone.DisposeAsync());
        _client.Dispose();
        if (Server is not null)
            await Server.DisposeAsync();
        if (App is not null)
            await App.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string[] Settings(int port) =>
    [
        $"--Diary={DiaryFile}",
        $"--Weapp:ServerHost=127.0.0.1:{port}",
        $"--Weapp:TunnelServerUrl={Server.Address.GetLeftPart(UriPartial.Authority)}",
        $"--Weapp:TunnelSignatureKey={_key}",
        "--Logging:LogLevel:Weapp=Warning",
        // As the templates have it: a dozen lines for each message would be most of what the app does.
        "--Logging:LogLevel:Microsoft.AspNetCore=Warning",
    ];
}
