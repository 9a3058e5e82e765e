using System.Reflection;

namespace Weapp.TestKit;

/// <summary>Where things are, for tests that start what the repository built.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>Weapp.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The build configuration of the tests.</summary>
    public static string Configuration { get; } = typeof(Repository).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>The path of a file or folder.</summary>
    /// <param name="relative">Relative to the repository's root.</param>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>The executable assembly of a project, built in the configuration of the tests.</summary>
    /// <param name="project">The project's folder, for example <c>src/Weapp.Server</c>.</param>
    /// <exception cref="FileNotFoundException">The project has not been built.</exception>
    public static string Executable(string project)
    {
        var path = PathOf($"{project}/bin/{Configuration}/net10.0/{Path.GetFileName(project)}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{project} is not built in configuration {Configuration}; run ./test.sh", path);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weapp.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No Weapp.sln above {AppContext.BaseDirectory}");
    }
}
