using System.Security.Cryptography;
using Weapp.PackageTests;
using Weapp.TestKit;

[assembly: AssemblyFixture(typeof(PackedRepository))]

namespace Weapp.PackageTests;

/// <summary>The packages of this repository, packed once for all tests, under a version that no cache has seen.</summary>
public sealed class PackedRepository : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weapp-test-");

    /// <summary>The version of all packages.</summary>
    public string Version { get; } = $"0.1.0-test.{RandomNumberGenerator.GetHexString(12, lowercase: true)}";

    /// <summary>The folder with the packages; NuGet takes it as a source.</summary>
    public string Feed => Path.Combine(_folder.FullName, "feed");

    public async ValueTask InitializeAsync() =>
        await BuildAsync("pack", "Weapp.sln", "--output", Feed);

    /// <summary>Runs a build command in the repository, as Release, with outputs apart from those of the other tests.</summary>
    public Task BuildAsync(params string[] command) => DotNet.BuildAsync(
        Repository.Root,
        TestContext.Current.CancellationToken,
        [.. command, "--configuration", "Release", "--artifacts-path", Path.Combine(_folder.FullName, "artifacts"), $"-p:Version={Version}", "-warnaserror"]);

    /// <summary>A new folder outside the repository, which goes when the tests have ended.</summary>
    public string NewFolder(string name) => _folder.CreateSubdirectory(name).FullName;

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
