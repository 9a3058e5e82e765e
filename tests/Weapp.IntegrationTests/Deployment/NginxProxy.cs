using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weapp.TestKit;

namespace Weapp.IntegrationTests.Deployment;

/// <summary>The real nginx with a configuration that docs/deployment.md shows; only addresses and files are the test's.</summary>
internal sealed class NginxProxy : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weapp-nginx-");
    private readonly int _phonePort = FreePort.Find();
    private readonly int _appPort = FreePort.Find();
    private ChildProcess _process = null!;

    private NginxProxy()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        foreach (var host in (string[])["www", "ws"])
        {
            File.WriteAllText(InFolder($"{host}.example.com.pem"), Certificate.ExportCertificatePem());
            File.WriteAllText(InFolder($"{host}.example.com.key"), key.ExportPkcs8PrivateKeyPem());
        }
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>Where phones come in.</summary>
    public Uri ForPhones => new($"https://127.0.0.1:{_phonePort}");

    /// <summary>Where apps come in.</summary>
    public Uri ForApps => new($"http://127.0.0.1:{_appPort}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Chooses the addresses; <c>StartAsync</c> opens them.</summary>
    public static NginxProxy Prepare() => new();

    /// <summary>In front of an app with both servers inside.</summary>
    public Task StartAsync(Uri app) => StartAsync(
        "server_name www.example.com;",
        ("127.0.0.1:5080", app.Authority));

    /// <summary>In front of two nodes.</summary>
    public Task StartAsync(Uri firstNode, Uri secondNode) => StartAsync(
        "server_name ws.example.com;",
        ("listen 10.0.0.10:8081;", $"listen 127.0.0.1:{_appPort};"),
        ("10.0.0.11:8080", firstNode.Authority),
        ("10.0.0.12:8080", secondNode.Authority));

    /// <summary>A client that trusts the proxy's certificate and no other.</summary>
    public HttpClient CreateClient() =>
        new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, offered, _, _) => offered?.Thumbprint == Certificate.Thumbprint }) { BaseAddress = ForPhones };

    /// <summary>Everything that nginx has written, to whatever log.</summary>
    public string Logs() => string.Join('\n', [.. _process.Output, .. _folder.EnumerateFiles("*.log").Select(static file => File.ReadAllText(file.FullName))]);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Certificate.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(string mark, params (string Documented, string Own)[] own)
    {
        var documented = Assert.Single(Markdown.Blocks("docs/deployment.md", "nginx"), block => block.Contains(mark, StringComparison.Ordinal));
        (string Documented, string Own)[] replacements =
        [
            .. own,
            ("listen 443 ssl;", $"listen 127.0.0.1:{_phonePort} ssl;"),
            ("/etc/nginx/", $"{_folder.FullName}/"),
            ("/var/log/nginx/", $"{_folder.FullName}/"),
        ];
        foreach (var (text, replacement) in replacements)
        {
            Assert.Contains(text, documented, StringComparison.Ordinal);
            documented = documented.Replace(text, replacement, StringComparison.Ordinal);
        }

        string[] temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        await File.WriteAllTextAsync(
            InFolder("nginx.conf"),
            $$"""
            daemon off;
            pid {{InFolder("nginx.pid")}};
            error_log stderr warn;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            events { worker_connections 1024; }
            http {
            {{string.Join('\n', temporary.Select(name => $"{name}_temp_path {InFolder(name)};"))}}
            {{documented}}
            }
            """,
            Token);
        _process = ChildProcess.Start("nginx", ["-p", _folder.FullName, "-c", InFolder("nginx.conf")], static _ => { });
        await Condition.UntilAsync(
            async () =>
            {
                Assert.False(_process.Exited.IsCompleted, _process.Tail());
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(IPAddress.Loopback, _phonePort, Token);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            _process.Tail, Token);
    }

    private string InFolder(string name) => Path.Combine(_folder.FullName, name);
}
