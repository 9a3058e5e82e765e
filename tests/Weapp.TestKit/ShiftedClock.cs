namespace Weapp.TestKit;

/// <summary>A wall clock for other programs, which the test sets while they run.</summary>
public sealed class ShiftedClock : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weapp-clock-");

    private ShiftedClock() => Set(TimeSpan.Zero);

    /// <summary>What a program needs in its environment to have this clock.</summary>
    public IReadOnlyList<string> Environment => [$"LD_PRELOAD={Library}", $"SHIFTED_CLOCK={Shift}"];

    private string Library => Path.Combine(_folder.FullName, "clock.so");

    private string Shift => Path.Combine(_folder.FullName, "shift");

    public static async Task<ShiftedClock> StartAsync()
    {
        var clock = new ShiftedClock();
        await using var compiler = ChildProcess.Start("cc", ["-shared", "-fPIC", "-o", clock.Library, Repository.PathOf("tests/Weapp.TestKit/shifted-clock.c")], static _ => { });
        return await compiler.Exited == 0 ? clock : throw new InvalidOperationException($"cc failed. {compiler.Tail()}");
    }

    /// <summary>Sets the clock to so much after the real time, in whole seconds.</summary>
    public void Set(TimeSpan shift)
    {
        using var file = new FileStream(Shift, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(BitConverter.GetBytes((long)shift.TotalSeconds));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
