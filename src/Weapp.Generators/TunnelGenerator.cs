using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Weapp.Generators.Emitting;
using Weapp.Generators.Parsing;
using Weapp.Generators.Rules;

namespace Weapp.Generators;

/// <summary>
/// Writes the dispatchers of <c>[TunnelHandler]</c> classes and the implementations of <c>[TunnelClient]</c> interfaces.
/// What is invalid is skipped here; <see cref="TunnelAnalyzer"/> says why, by the same rules.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class TunnelGenerator : IIncrementalGenerator
{
    /// <summary>Lays out the pipeline: symbols end in the parsers, code is written from equatable models alone.</summary>
    /// <param name="context">Takes the pipeline.</param>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        AddHandlers(context, KnownTypes.TunnelHandler, TrackingNames.Handlers);
        AddHandlers(context, KnownTypes.TunnelHandlerOfClient, TrackingNames.HandlersWithClient);
        context.RegisterSourceOutput(
            Find(context, KnownTypes.TunnelClient, ClientParser.Parse).WithTrackingName(TrackingNames.Clients).Combine(GeneratedCodeMarker.IsWanted(context)),
            static (output, found) => GeneratedCodeMarker.AddSource(output, found.Left.HintName, ClientEmitter.Emit(found.Left), found.Right));
    }

    private static void AddHandlers(IncrementalGeneratorInitializationContext context, string attribute, string trackingName)
    {
        var handlers = Find(context, attribute, HandlerParser.Parse).WithTrackingName(trackingName);
        context.RegisterSourceOutput(
            handlers.Where(static handler => handler.Model is not null).Combine(GeneratedCodeMarker.IsWanted(context)),
            static (output, found) => GeneratedCodeMarker.AddSource(output, found.Left.Model!.HintName, HandlerEmitter.Emit(found.Left.Model), found.Right));

        // An incomplete handler does not fit AddHandler<T>, and the compiler would say so at each use before any analyzer is heard.
        // An error from here ends a build first. An editor shows the analyzer's instead, which has a fix.
        var isEditor = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.DesignTimeBuild", out var value) && value.Equals("true", StringComparison.OrdinalIgnoreCase));
        context.RegisterSourceOutput(
            handlers.SelectMany(static (handler, _) => handler.Problems).Combine(isEditor).Combine(context.CompilationProvider),
            static (output, found) =>
            {
                var ((problem, isEditor), compilation) = found;
                if (!isEditor)
                    output.ReportDiagnostic(Diagnostic.Create(Descriptors.HandlerShape, problem.FindIn(compilation), problem.Handler, problem.Advice));
            });
    }

    private static IncrementalValuesProvider<T> Find<T>(
        IncrementalGeneratorInitializationContext context,
        string attribute,
        Func<GeneratorAttributeSyntaxContext, CancellationToken, T?> parse)
        where T : class =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(attribute, static (node, _) => node is TypeDeclarationSyntax, parse)
            .Where(static model => model is not null)!;
}
