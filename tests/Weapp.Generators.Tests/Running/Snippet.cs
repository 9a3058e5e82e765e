using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Weapp.Generators.Tests.Running;

/// <summary>Makes compilations of snippets against the runtime.</summary>
internal static class Snippet
{
    // What every snippet may use without saying so. A handler notes what it saw with Seen.
    private const string Prelude = """
        global using System;
        global using System.Collections.Generic;
        global using System.Text.Json;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Mvc;
        global using Weapp;
        global using static Notes;

        public static class Notes
        {
            public static readonly List<string> Seen = [];
            public static void See(params object?[] values) => Seen.Add(string.Join(" ", Array.ConvertAll(values, value => value?.ToString() ?? "null")));
        }
        """;

    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path))];

    private static readonly CSharpCompilationOptions Options =
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true);

    // Compilations that come from one share what they know of the references; finding it out takes longer than a snippet does.
    private static readonly CSharpCompilation Empty = CSharpCompilation.Create("Snippet", [Parse(Prelude, "Prelude.cs")], References, Options);

    public static CSharpCompilation Compile(params string[] sources) => Empty.AddSyntaxTrees(Trees(sources));

    public static CSharpCompilation Compile(string assemblyName, IEnumerable<MetadataReference> references, params string[] sources) =>
        CSharpCompilation.Create(
            assemblyName,
            [Parse(Prelude, "Prelude.cs"), .. Trees(sources)],
            [.. References, .. references],
            Options);

    public static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    private static IEnumerable<SyntaxTree> Trees(string[] sources) => sources.Select(static (source, i) => Parse(source, $"File{i}.cs"));
}
