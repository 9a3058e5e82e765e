using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Weapp.Generators.Parsing;
using Weapp.Generators.Rules;

namespace Weapp.Generators;

/// <summary>Says why the generator skipped something, by running the generator's own rules with a reporter that speaks.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TunnelAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Descriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownTypes.TunnelHandler) is null)
                return;
            var metadata = ContentMetadataRule.For(start.Compilation, start.Options.AnalyzerConfigOptionsProvider.GlobalOptions);
            start.RegisterSymbolAction(symbol => Analyze(symbol, metadata), SymbolKind.NamedType);
            var sends = new UntypedSendRule(start.Compilation);
            start.RegisterOperationAction(
                operation =>
                {
                    sends.Check((IInvocationOperation)operation.Operation, new(operation.ReportDiagnostic));
                    metadata?.Check((IInvocationOperation)operation.Operation, new(operation.ReportDiagnostic));
                },
                OperationKind.Invocation);
            start.RegisterOperationAction(
                static operation => StrayEventRule.CheckLocal(FunctionOf(operation.Operation), new(operation.ReportDiagnostic)),
                OperationKind.LocalFunction,
                OperationKind.AnonymousFunction);
        });
    }

    private static IMethodSymbol FunctionOf(IOperation function) =>
        function is ILocalFunctionOperation local ? local.Symbol : ((IAnonymousFunctionOperation)function).Symbol;

    private static void Analyze(SymbolAnalysisContext context, ContentMetadataRule? metadata)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var reporter = new Reporter(context.ReportDiagnostic);
        if (HandlerParser.AttributeOf(type) is { } attribute)
        {
            AnalyzeHandler(type, attribute, context.Compilation, reporter);
            metadata?.CheckHandler(type, reporter);
        }
        else
        {
            StrayEventRule.Check(type, reporter);
            if (type is { TypeKind: TypeKind.Class, IsAbstract: true })
                metadata?.CheckBase(type, reporter);
        }

        if (!ClientParser.IsClient(type))
            return;
        ClientParser.Read(type, reporter);
        ClientEventRule.Check(type, reporter);
        metadata?.CheckClient(type, reporter);
    }

    private static void AnalyzeHandler(INamedTypeSymbol handler, AttributeData attribute, Compilation compilation, Reporter reporter)
    {
        foreach (var (at, advice) in HandlerShapeRule.Find(handler))
            reporter.Report(Descriptors.HandlerShape, at, handler.Name, advice);
        HandlerParser.Parse(handler, attribute, compilation, reporter);
    }
}
