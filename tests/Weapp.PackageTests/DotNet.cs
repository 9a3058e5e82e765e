using Weapp.TestKit;

namespace Weapp.PackageTests;

/// <summary>The .NET command line.</summary>
internal static class DotNet
{
    // Nothing stays behind that keeps files of the test's folder open.
    private static readonly string[] NothingStays = ["-nodeReuse:false", "-p:UseSharedCompilation=false"];

    /// <summary>Runs a command that must succeed.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has its output.</exception>
    public static async Task<string> RunAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        var (code, output) = await TryAsync(folder, cancellationToken, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {code}:\n{output}");
    }

    /// <summary>Runs a command of MSBuild that must succeed.</summary>
    public static Task<string> BuildAsync(string folder, CancellationToken cancellationToken, params string[] arguments) =>
        RunAsync(folder, cancellationToken, [.. arguments, .. NothingStays]);

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Output)> TryAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        await using var process = ChildProcess.Start("dotnet", arguments, static _ => { }, folder);
        var code = await process.Exited.WaitAsync(cancellationToken);
        return (code, string.Join('\n', process.Output));
    }
}
