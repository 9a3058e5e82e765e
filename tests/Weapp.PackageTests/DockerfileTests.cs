using System.Security.Cryptography;
using System.Text.Json;
using Weapp.TestKit;

namespace Weapp.PackageTests;

/// <summary>What the Dockerfile says, done without Docker: the same files, the same publish, the same start.</summary>
public sealed class DockerfileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weapp-image-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IEnumerable<string[]> Instructions(string name) => File.ReadLines(Repository.PathOf("Dockerfile"))
        .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]);

    [Fact]
    public async Task The_image_would_hold_a_server_that_starts_and_is_ready()
    {
        var source = _folder.CreateSubdirectory("source").FullName;
        foreach (var copy in Instructions("COPY").Where(static copy => copy[0] != "--from=build"))
        {
            Assert.StartsWith("./", copy[^1], StringComparison.Ordinal);
            foreach (var name in copy[..^1])
            {
                Assert.Contains($"!{name}", File.ReadLines(Repository.PathOf(".dockerignore")));
                Copy(Repository.PathOf(name), Path.Combine(source, name));
            }
        }

        var publish = Instructions("RUN").Single(static run => run[0] == "dotnet");
        await DotNet.BuildAsync(source, Token, [.. publish[1..].Select(Inside)]);

        var data = _folder.CreateSubdirectory("data").FullName;
        var home = _folder.CreateSubdirectory("home").FullName;
        var port = FreePort.Find();
        var environment = Instructions("ENV").Select(setting => Inside(setting.Single())).Select(setting => setting.StartsWith("ASPNETCORE_HTTP_PORTS=", StringComparison.Ordinal) ? $"ASPNETCORE_HTTP_PORTS={port}" : setting);
        var entry = JsonSerializer.Deserialize<string[]>(string.Join(' ', Instructions("ENTRYPOINT").Single()))!.Select(Inside);
        var key = RandomNumberGenerator.GetHexString(40);
        await using var server = ChildProcess.Start("env", [.. environment, $"HOME={home}", $"TunnelServer__SignatureKey={key}", "SessionServer__WeChat__Mode=Development", .. entry], static _ => { }, data);
        using var client = new HttpClient();
        await Condition.UntilAsync(
            async () =>
            {
                Assert.False(server.Exited.IsCompleted, server.Tail());
                try
                {
                    return (await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), Token)).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            server.Tail, Token);
        Assert.NotEmpty(Directory.GetFiles(data, "*.db"));
        server.Terminate();
        Assert.Equal(0, await server.Exited);
        Assert.Empty(Directory.GetFileSystemEntries(home));
        Assert.Contains("SessionServer:WeChat:Mode is Development", Assert.Single(Warnings(server.Output)), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Warnings(IReadOnlyCollection<string> lines) =>
        lines.Zip(lines.Skip(1)).Where(static pair => pair.First.StartsWith("warn:", StringComparison.Ordinal)).Select(static pair => pair.Second);

    public void Dispose() => _folder.Delete(recursive: true);

    private string Inside(string text) => text.Replace("/app", Path.Combine(_folder.FullName, "app"), StringComparison.Ordinal);

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Copy(from, to);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from).Where(static entry => Path.GetFileName(entry) is not ("bin" or "obj")))
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
    }
}
