using Microsoft.CodeAnalysis;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Rules;

/// <summary>WEAPP006: which types can be contents.</summary>
internal static class ContentTypeRule
{
    /// <summary>Whether a content can be read; types that the compiler does not know are left to the compiler.</summary>
    public static bool CheckRead(IParameterSymbol content, Reporter reporter) => Check(content, Find(content.Type, static type => Unsupported(type) ?? Unreadable(type)), reporter);

    /// <summary>Whether a content can be written.</summary>
    public static bool CheckWrite(IParameterSymbol content, Reporter reporter) => Check(content, Find(content.Type, Unsupported), reporter);

    private static bool Check(IParameterSymbol content, string? problem, Reporter reporter)
    {
        if (content.Type.IsOfOneFile())
            problem ??= "remove 'file' from its declaration, since generated code in another file has to name it";
        if (problem is not null)
        {
            reporter.ReportParameter(
                Descriptors.ContentType, content, content.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat), content.ContainingSymbol.Name, problem);
        }

        return problem is null && !content.Type.HasErrors();
    }

    /// <summary>The first problem of a type, or of those that it is a collection of. How types of the app's own use theirs is the app's to know.</summary>
    private static string? Find(ITypeSymbol type, Func<ITypeSymbol, string?> problemOf)
    {
        if (problemOf(type) is { } problem)
            return problem;
        if (type is IArrayTypeSymbol array)
            return Find(array.ElementType, problemOf);
        if (type is INamedTypeSymbol { Arity: > 0 } named && IsWithin(named, "System"))
        {
            foreach (var argument in named.TypeArguments)
            {
                if (Find(argument, problemOf) is { } inner)
                    return inner;
            }
        }

        return null;
    }

    private static string? Unsupported(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => "use a value instead of a pointer",
        IArrayTypeSymbol { Rank: > 1 } => "use an array of arrays, since JSON has no other dimensions",
        { TypeKind: TypeKind.Delegate } => "use data instead of a delegate",
        { TypeKind: TypeKind.Dynamic } => "use System.Text.Json.JsonElement, or a type of your own",
        { IsTupleType: true } => "use a record instead of a tuple, whose elements are fields, which JSON does not see",
        // That of a type is closed where a handler inherits it.
        ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } => "use a closed type",
        { IsRefLikeType: true } => "use a type that may leave the stack",
        _ => null,
    };

    private static string? Unreadable(ITypeSymbol type)
    {
        if (type.Is("System.Text.Json", "JsonDocument"))
            return "use System.Text.Json.JsonElement: a document borrows memory, which nobody would give back";
        if (type.TypeKind != TypeKind.Interface && !(type.TypeKind == TypeKind.Class && type.IsAbstract))
            return null;
        if (IsReadByTheSerializer(type))
            return null;
        var kind = type.TypeKind == TypeKind.Interface ? "interface" : "abstract class";
        return $"use a concrete type, or say how the {kind} '{type.Name}' is read with [JsonDerivedType] or [JsonConverter]; a service is marked with [FromServices]";
    }

    private static bool IsReadByTheSerializer(ITypeSymbol type)
    {
        // Collection interfaces, and JsonNode.
        if (IsWithin(type, "System.Collections") || IsWithin(type, "System.Text.Json.Nodes"))
            return true;
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

    private static bool IsWithin(ITypeSymbol type, string name)
    {
        for (var @namespace = type.ContainingNamespace; @namespace is { IsGlobalNamespace: false }; @namespace = @namespace.ContainingNamespace)
        {
            if (@namespace.ToDisplayString() == name)
                return true;
        }

        return false;
    }
}
