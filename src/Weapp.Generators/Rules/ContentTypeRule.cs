using Microsoft.CodeAnalysis;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>WEAPP006: which types can be contents.</summary>
internal static class ContentTypeRule
{
    /// <summary>Whether a content can be read; types that the compiler does not know are left to the compiler.</summary>
    public static bool CheckRead(IParameterSymbol content, Reporter reporter) => Check(content, Unsupported(content.Type) ?? Unreadable(content.Type), reporter);

    /// <summary>Whether a content can be written.</summary>
    public static bool CheckWrite(IParameterSymbol content, Reporter reporter) => Check(content, Unsupported(content.Type), reporter);

    private static bool Check(IParameterSymbol content, string? problem, Reporter reporter)
    {
        if (problem is not null)
        {
            reporter.ReportParameter(
                Descriptors.ContentType, content, content.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), content.ContainingSymbol.Name, problem);
        }

        return problem is null && content.Type.TypeKind != TypeKind.Error;
    }

    private static string? Unsupported(ITypeSymbol type) => type.TypeKind switch
    {
        TypeKind.Pointer or TypeKind.FunctionPointer => "use a value instead of a pointer",
        TypeKind.Delegate => "use data instead of a delegate",
        TypeKind.TypeParameter => "use a closed type",
        TypeKind.Dynamic => "use System.Text.Json.JsonElement, or a type of your own",
        _ when type.IsRefLikeType => "use a type that may leave the stack",
        _ => null,
    };

    private static string? Unreadable(ITypeSymbol type)
    {
        if (type.TypeKind != TypeKind.Interface && !(type.TypeKind == TypeKind.Class && type.IsAbstract))
            return null;
        if (IsReadByTheSerializer(type))
            return null;
        return $"use a concrete type, or say how this {(type.TypeKind == TypeKind.Interface ? "interface" : "abstract class")} is read with [JsonDerivedType] or [JsonConverter]";
    }

    private static bool IsReadByTheSerializer(ITypeSymbol type)
    {
        for (var @namespace = type.ContainingNamespace; @namespace is { IsGlobalNamespace: false }; @namespace = @namespace.ContainingNamespace)
        {
            // Collection interfaces, and JsonNode.
            if (@namespace.ToDisplayString() is "System.Collections" or "System.Text.Json.Nodes")
                return true;
        }

        foreach (var attribute in type.GetAttributes())
        {
            for (var kind = attribute.AttributeClass; kind is not null; kind = kind.BaseType)
            {
                if (kind.Is("System.Text.Json.Serialization", "JsonConverterAttribute")
                    || kind.Is("System.Text.Json.Serialization", "JsonDerivedTypeAttribute"))
                    return true;
            }
        }

        return false;
    }
}
