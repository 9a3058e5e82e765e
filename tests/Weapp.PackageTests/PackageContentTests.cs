using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;
using System.Xml.Linq;
using Weapp.TestKit;

namespace Weapp.PackageTests;

/// <summary>What is in the packages, to the file.</summary>
public sealed class PackageContentTests(PackedRepository packed)
{
    private const string Repo = "https://github.com/weapp-net/weapp";
    private static readonly string[] Ids = ["Weapp", "Weapp.SessionServer", "Weapp.TunnelServer"];
    private static readonly string[] InEach = ["README.md", "icon.png"];

    public static TheoryData<string> Packages => [.. Ids];

    [Fact]
    public void The_repository_packs_three_packages_with_their_symbols_and_nothing_else() => Assert.Equal(
        Ids.SelectMany(id => new[] { $"{id}.{packed.Version}.nupkg", $"{id}.{packed.Version}.snupkg" }).Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(packed.Feed).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Weapp_holds_the_runtime_the_protocol_and_the_analyzers_once() => Assert.Equal(
        Sorted(
        [
            .. InEach,
            .. Library("Weapp.Runtime"),
            .. Library("Weapp.Protocol"),
            "analyzers/dotnet/cs/Weapp.CodeFixes.dll", "analyzers/dotnet/cs/Weapp.Generators.dll",
            "build/Weapp.props", "build/Weapp.targets", "buildTransitive/Weapp.props", "buildTransitive/Weapp.targets",
        ]),
        Files("Weapp"));

    [Theory]
    [InlineData("Weapp.SessionServer")]
    [InlineData("Weapp.TunnelServer")]
    public void A_server_holds_its_own_assembly_alone(string id) => Assert.Equal(Sorted([.. InEach, .. Library(id)]), Files(id));

    [Theory]
    [MemberData(nameof(Packages))]
    public void Symbols_are_there_for_each_library_and_name_no_folder_of_the_machine(string id)
    {
        using var symbols = ZipFile.OpenRead(PathOf(id, "snupkg"));
        var pdbs = symbols.Entries.Where(static entry => entry.Name.EndsWith(".pdb", StringComparison.Ordinal)).ToArray();

        Assert.Equal(
            Files(id).Where(static file => file.StartsWith("lib/", StringComparison.Ordinal) && file.EndsWith(".dll", StringComparison.Ordinal)),
            pdbs.Select(static entry => Path.ChangeExtension(entry.FullName, ".dll")).Order(StringComparer.Ordinal));
        // What is generated lies in the test's own folder, outside the repository.
        string[] sources = [.. pdbs.SelectMany(Sources)];
        Assert.Contains(sources, static source => source.StartsWith("/_/src/", StringComparison.Ordinal));
        Assert.DoesNotContain(sources, static source => source.StartsWith(Repository.Root, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Symbols_lead_to_the_sources_of_their_commit(string id)
    {
        var repository = Metadata(id).Elements().Single(static element => element.Name.LocalName == "repository");
        using var symbols = ZipFile.OpenRead(PathOf(id, "snupkg"));
        string[] links = [.. symbols.Entries.Where(static entry => entry.Name.EndsWith(".pdb", StringComparison.Ordinal)).Select(SourceLink)];

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.Equal(
            $$$"""{"documents":{"/_/*":"https://raw.githubusercontent.com/weapp-net/weapp/{{{repository.Attribute("commit")!.Value}}}/*"}}""", link));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void It_says_what_it_is_and_whose(string id)
    {
        var metadata = Metadata(id);

        Assert.Equal(id, Value(metadata, "id"));
        Assert.Equal(packed.Version, Value(metadata, "version"));
        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.Equal("expression", metadata.Element(metadata.Name.Namespace + "license")!.Attribute("type")!.Value);
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.Equal("icon.png", Value(metadata, "icon"));
        Assert.Equal(Repo, Value(metadata, "projectUrl"));
        Assert.NotEmpty(Value(metadata, "description"));
        Assert.Equal(Repo, metadata.Element(metadata.Name.Namespace + "repository")!.Attribute("url")!.Value);
        Assert.Equal("Microsoft.AspNetCore.App", metadata.Descendants(metadata.Name.Namespace + "frameworkReference").Single().Attribute("name")!.Value);
    }

    [Theory]
    [InlineData("Weapp")]
    [InlineData("Weapp.SessionServer", "Microsoft.Data.Sqlite", "StackExchange.Redis", "Weapp")]
    [InlineData("Weapp.TunnelServer", "StackExchange.Redis", "Weapp")]
    public void It_depends_on_what_it_needs_and_on_Weapp_in_its_own_version(string id, params string[] expected)
    {
        var metadata = Metadata(id);
        var dependencies = metadata.Descendants(metadata.Name.Namespace + "dependency")
            .ToDictionary(static dependency => dependency.Attribute("id")!.Value, static dependency => dependency.Attribute("version")!.Value);

        Assert.Equal(expected, dependencies.Keys.Order(StringComparer.Ordinal));
        if (dependencies.TryGetValue("Weapp", out var version))
            Assert.Equal($"[{packed.Version}]", version);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Its_icon_is_a_small_png_and_its_readme_is_about_it(string id)
    {
        using var package = ZipFile.OpenRead(PathOf(id, "nupkg"));
        var icon = Read(package.GetEntry("icon.png")!);

        Assert.True(icon.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG"u8]));
        Assert.InRange(icon.Length, 1, 20 * 1024);
        Assert.StartsWith($"# {id}\n", Encoding.UTF8.GetString(Read(package.GetEntry("README.md")!)), StringComparison.Ordinal);
    }

    private static string[] Library(string assembly) => [$"lib/net10.0/{assembly}.dll", $"lib/net10.0/{assembly}.xml"];

    private static IEnumerable<string> Sorted(IEnumerable<string> files) => files.Order(StringComparer.Ordinal);

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var bytes = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The paths of the sources that an assembly was made of.</summary>
    private static string[] Sources(ZipArchiveEntry pdb)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbImage([.. Read(pdb)]);
        var reader = provider.GetMetadataReader();
        string[] sources = [.. reader.Documents.Select(document => reader.GetString(reader.GetDocument(document).Name))];
        Assert.NotEmpty(sources);
        return sources;
    }

    /// <summary>Where debuggers find the sources, as the compiler was told.</summary>
    private static string SourceLink(ZipArchiveEntry pdb)
    {
        var kind = new Guid("CC110556-A091-4D38-9FEC-25AB9A351A6A");
        using var provider = MetadataReaderProvider.FromPortablePdbImage([.. Read(pdb)]);
        var reader = provider.GetMetadataReader();
        return reader.CustomDebugInformation
            .Select(handle => reader.GetCustomDebugInformation(handle))
            .Where(information => reader.GetGuid(information.Kind) == kind)
            .Select(information => Encoding.UTF8.GetString(reader.GetBlobBytes(information.Value)))
            .Single();
    }

    private static string Value(XElement metadata, string name) => metadata.Element(metadata.Name.Namespace + name)!.Value;

    private string PathOf(string id, string extension) => Path.Combine(packed.Feed, $"{id}.{packed.Version}.{extension}");

    /// <summary>The files of a package, without those of the packaging format itself.</summary>
    private IEnumerable<string> Files(string id)
    {
        using var package = ZipFile.OpenRead(PathOf(id, "nupkg"));
        string[] files = [.. package.Entries.Select(static entry => entry.FullName)];
        return Sorted(files.Where(file => file != $"{id}.nuspec" && file != "[Content_Types].xml"
            && !file.StartsWith("_rels/", StringComparison.Ordinal) && !file.StartsWith("package/", StringComparison.Ordinal)));
    }

    private XElement Metadata(string id)
    {
        using var package = ZipFile.OpenRead(PathOf(id, "nupkg"));
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }
}
