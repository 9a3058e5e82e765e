using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Weapp.Benchmarks.Generator;

/// <summary>P6's project: a hundred handlers in a file each, ten messages with a content of its own for each handler.</summary>
internal static class HandlerProject
{
    public const int Handlers = 100;
    public const int Messages = 10;

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.CSharp14);

    // One thread: two projects are compared, not how busy the other core is.
    private static readonly CSharpCompilationOptions Options =
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: false);

    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal)
                    || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
                    || name is "netstandard.dll" or "Weapp.Runtime.dll" or "Weapp.Protocol.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly SourceText[] Sources = [.. Enumerable.Range(0, Handlers).Select(static i => SourceText.From(Source(i), Encoding.UTF8))];

    /// <summary>The project as a compiler finds it: nothing is parsed yet that is not parsed here.</summary>
    public static CSharpCompilation Open() => CSharpCompilation.Create(
        "HandlerProject", Sources.Select(static (source, i) => CSharpSyntaxTree.ParseText(source, ParseOptions, $"Handler{i}.cs")), References, Options);

    /// <summary>The project after one handler has been given another message type.</summary>
    public static CSharpCompilation Edit(CSharpCompilation project)
    {
        var tree = project.SyntaxTrees[Handlers / 2];
        var edited = tree.GetText().ToString().Replace("\"message0\"", "\"another\"", StringComparison.Ordinal);
        return project.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(edited, Encoding.UTF8)));
    }

    private static string Source(int handler)
    {
        var source = new StringBuilder();
        source.AppendLine(CultureInfo.InvariantCulture,
            $$"""
            using System.Collections.Generic;
            using System.Threading.Tasks;
            using Weapp;

            namespace Project.Area{{handler}};

            public enum Mood { Calm, Glad, Angry }

            public sealed record Place(string Room, int Seat);

            [TunnelHandler]
            public sealed partial class Handler{{handler}}
            {
                private int _handled;

                [TunnelConnect]
                public void OnConnect(string tunnelId) => _handled++;

                [TunnelClose]
                public void OnClose(string tunnelId) => _handled--;
            """);
        for (var i = 0; i < Messages; i++)
        {
            source.AppendLine(CultureInfo.InvariantCulture,
                $$"""

                    [TunnelMessage("message{{i}}")]
                    public async Task OnMessage{{i}}(string tunnelId, Content{{i}} content)
                    {
                        await Task.Yield();
                        _handled += content.ToString().Length + tunnelId.Length;
                    }
                """);
        }

        source.AppendLine("}");
        for (var i = 0; i < Messages; i++)
            source.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"public sealed record Content{i}({Members(i)});");
        return source.ToString();
    }

    /// <summary>Three to six members of the kinds that contents have.</summary>
    private static string Members(int message) => (message % 4) switch
    {
        0 => "string Word, int Number, Place At",
        1 => "string Word, Mood Mood, List<string> Tags, bool IsLast",
        2 => "string Title, string? Note, int Page, List<Place> Places, Mood Mood",
        _ => "string From, string To, long Time, Place At, IReadOnlyList<int> Marks, Mood? Mood",
    };
}
