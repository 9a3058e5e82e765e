using System.Diagnostics;

namespace Weapp.SessionServer.Tests.Support;

/// <summary>A disk that is soon full: a megabyte of memory, mounted for a test.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weapp-disk-");

    private SmallDisk()
    {
    }

    private string Ballast => File("ballast");

    public static SmallDisk Mount()
    {
        var disk = new SmallDisk();
        try
        {
            Run("mount", "-t", "tmpfs", "-o", "size=1m", "weapp-test", disk._folder.FullName);
            return disk;
        }
        catch
        {
            disk._folder.Delete();
            throw;
        }
    }

    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Leaves no byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free() => System.IO.File.Delete(Ballast);

    public void Dispose()
    {
        Run("umount", _folder.FullName);
        _folder.Delete();
    }

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"This test needs root with CAP_SYS_ADMIN: {command} ended with {process.ExitCode}: {error.Trim()}");
    }
}
