using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Weapp.Generators.Emitting;
using Weapp.Generators.Parsing;

namespace Weapp.Generators;

/// <summary>
/// Writes the dispatchers of <c>[TunnelHandler]</c> classes and the implementations of <c>[TunnelClient]</c> interfaces.
/// What is invalid is skipped here; <see cref="TunnelAnalyzer"/> says why.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class TunnelGenerator : IIncrementalGenerator
{
    /// <summary>Lays out the pipeline: symbols end in the parsers, code is written from equatable models alone.</summary>
    /// <param name="context">Takes the pipeline.</param>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        context.RegisterSourceOutput(
            Find(context, KnownTypes.TunnelHandler, HandlerParser.Parse).WithTrackingName(TrackingNames.Handlers),
            static (output, handler) => output.AddSource(handler.HintName, HandlerEmitter.Emit(handler)));

        context.RegisterSourceOutput(
            Find(context, KnownTypes.TunnelHandlerOfClient, HandlerParser.Parse).WithTrackingName(TrackingNames.HandlersWithClient),
            static (output, handler) => output.AddSource(handler.HintName, HandlerEmitter.Emit(handler)));

        context.RegisterSourceOutput(
            Find(context, KnownTypes.TunnelClient, ClientParser.Parse).WithTrackingName(TrackingNames.Clients),
            static (output, client) => output.AddSource(client.HintName, ClientEmitter.Emit(client)));
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
