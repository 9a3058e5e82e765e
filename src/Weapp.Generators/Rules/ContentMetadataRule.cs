using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Weapp.Generators.Model;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>WEAPP008: where reflection is off, what generated code leaves to the serializer needs the metadata of a <c>JsonSerializerContext</c>.</summary>
internal sealed class ContentMetadataRule
{
    /// <summary>The finding's property that has the missing type's name for a fix.</summary>
    public const string TypeName = "Type";

    private readonly Lazy<SerializableTypes> _serializable;

    private ContentMetadataRule(Compilation compilation) => _serializable = new(() => SerializableTypes.Of(compilation));

    /// <summary>The rule for a compilation; null where the serializer may reflect.</summary>
    public static ContentMetadataRule? For(Compilation compilation, AnalyzerConfigOptions options)
    {
        var isOff = options.TryGetValue("build_property.JsonSerializerIsReflectionEnabledByDefault", out var isEnabled) && isEnabled.Length > 0
            ? IsFalse(isEnabled)
            : IsTrue(options, "build_property.PublishAot") || IsTrue(options, "build_property.PublishTrimmed");
        return isOff ? new(compilation) : null;
    }

    /// <summary>Checks the contents that a client's methods write.</summary>
    public void CheckClient(INamedTypeSymbol client, Reporter reporter) => CheckDeclared(client, isRead: false, null, reporter);

    /// <summary>Checks the contents that a handler's methods read.</summary>
    public void CheckHandler(INamedTypeSymbol handler, Reporter reporter)
    {
        CheckDeclared(handler, isRead: true, null, reporter);
        for (var inherited = handler.BaseType; inherited is not null; inherited = inherited.BaseType)
        {
            if (IsOfGenericType(inherited) || !SymbolEqualityComparer.Default.Equals(inherited.ContainingAssembly, handler.ContainingAssembly))
                CheckDeclared(inherited, isRead: true, handler, reporter);
        }
    }

    /// <summary>Checks an abstract class that handlers inherit from; the contents of a generic one are known in its handlers.</summary>
    public void CheckBase(INamedTypeSymbol type, Reporter reporter)
    {
        if (!IsOfGenericType(type))
            CheckDeclared(type, isRead: true, null, reporter);
    }

    /// <summary>Checks the content of a message that is sent untyped: there the serializer writes everything.</summary>
    public void Check(IInvocationOperation call, Reporter reporter)
    {
        if (UntypedSendRule.MessageTypeOf(call) is null
            || UntypedSendRule.Argument(call, "content") is not { } content
            || call.TargetMethod.TypeArguments is not { Length: 1 } types
            || types[0].TypeKind is TypeKind.TypeParameter or TypeKind.Error
            || ContentShapes.IsPlain(types[0])
            || types[0].IsJsonElement()
            || _serializable.Value.Contains(types[0]))
            return;
        reporter.ReportExpression(Descriptors.ContentMetadata, content.Syntax, Properties(types[0]), Display(types[0]), call.TargetMethod.Name);
    }

    private static bool IsOfGenericType(INamedTypeSymbol type)
    {
        for (var outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.Arity > 0)
                return true;
        }

        return false;
    }

    private void CheckDeclared(INamedTypeSymbol declaring, bool isRead, INamedTypeSymbol? inheritor, Reporter reporter)
    {
        foreach (var member in declaring.GetMembers())
        {
            if (member is not IMethodSymbol method)
                continue;
            foreach (var attribute in EventAttribute.Of(method))
            {
                if (attribute is { Event: HandlerEvent.Message, MessageType: not null })
                    CheckMethod(method, isRead, inheritor, reporter);
            }
        }
    }

    private void CheckMethod(IMethodSymbol method, bool isRead, INamedTypeSymbol? inheritor, Reporter reporter)
    {
        if (ContentOf(method, isRead) is not { } content)
            return;
        foreach (var left in ContentParser.LeftToTheSerializer(content.Type, isRead))
        {
            if (_serializable.Value.Contains(left))
                continue;
            if (inheritor is null)
                reporter.ReportParameter(Descriptors.ContentMetadata, content, Properties(left), Display(left), method.Name);
            else
                reporter.Report(Descriptors.ContentMetadata, inheritor, Properties(left), Display(left), method.Name);
        }
    }

    /// <summary>The parameter that is the content: the second of a handler's method, the first of a client's.</summary>
    private static IParameterSymbol? ContentOf(IMethodSymbol method, bool isRead)
    {
        var ordinal = isRead ? 1 : 0;
        if (method.Parameters.Length <= ordinal)
            return null;
        var content = method.Parameters[ordinal];
        return content.Type.TypeKind == TypeKind.Error || content.Type.IsCancellationToken() || content.IsFromServices() ? null : content;
    }

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    private static ImmutableDictionary<string, string?> Properties(ITypeSymbol type) =>
        ImmutableDictionary<string, string?>.Empty.Add(TypeName, type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat));

    private static bool IsTrue(AnalyzerConfigOptions options, string property) =>
        options.TryGetValue(property, out var value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);

    private static bool IsFalse(string value) => value.Equals("false", StringComparison.OrdinalIgnoreCase);
}
