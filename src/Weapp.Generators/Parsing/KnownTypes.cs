using Microsoft.CodeAnalysis;

namespace Weapp.Generators.Parsing;

/// <summary>The types that the generator recognises, by name: a transform looks up no symbols.</summary>
internal static class KnownTypes
{
    public const string TunnelHandler = "Weapp.TunnelHandlerAttribute";
    public const string TunnelHandlerOfClient = "Weapp.TunnelHandlerAttribute`1";
    public const string TunnelClient = "Weapp.TunnelClientAttribute";

    public static bool Is(this ITypeSymbol type, string @namespace, string name, int arity = 0) =>
        type is INamedTypeSymbol named
        && named.Name == name
        && named.Arity == arity
        && named.ContainingType is null
        && IsNamespace(named.ContainingNamespace, @namespace);

    public static bool IsHandlerAttribute(this AttributeData attribute) =>
        attribute.AttributeClass is { } type && (type.Is("Weapp", "TunnelHandlerAttribute") || type.Is("Weapp", "TunnelHandlerAttribute", arity: 1));

    public static bool IsClientAttribute(this AttributeData attribute) => attribute.AttributeClass?.Is("Weapp", "TunnelClientAttribute") == true;

    public static bool IsTask(this ITypeSymbol type, int arity = 0) => type.Is("System.Threading.Tasks", "Task", arity);

    public static bool IsValueTask(this ITypeSymbol type, int arity = 0) => type.Is("System.Threading.Tasks", "ValueTask", arity);

    public static bool IsCancellationToken(this ITypeSymbol type) => type.Is("System.Threading", "CancellationToken");

    public static bool IsJsonElement(this ITypeSymbol type) => type.Is("System.Text.Json", "JsonElement");

    public static bool IsUserInfo(this ITypeSymbol type) => type.Is("Weapp", "UserInfo");

    public static bool IsTunnelContext(this ITypeSymbol type) => type.Is("Weapp", "TunnelContext");

    public static bool IsEmitResult(this ITypeSymbol type) => type.Is("Weapp", "EmitResult");

    public static bool IsFromServices(this IParameterSymbol parameter)
    {
        foreach (var attribute in parameter.GetAttributes())
        {
            if (attribute.AttributeClass?.Is("Microsoft.AspNetCore.Mvc", "FromServicesAttribute") == true)
                return true;
        }

        return false;
    }

    /// <summary>The escaped namespace; null for the global one.</summary>
    public static string? NamespaceName(this INamedTypeSymbol type) => type.ContainingNamespace is { IsGlobalNamespace: false } @namespace
        ? @namespace.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted))
        : null;

    private static bool IsNamespace(INamespaceSymbol? symbol, string name)
    {
        var end = name.Length;
        while (symbol is { IsGlobalNamespace: false })
        {
            var start = end - symbol.Name.Length;
            if (start < 0 || string.CompareOrdinal(name, start, symbol.Name, 0, symbol.Name.Length) != 0)
                return false;
            if (start == 0)
                return symbol.ContainingNamespace.IsGlobalNamespace;
            if (name[start - 1] != '.')
                return false;
            end = start - 1;
            symbol = symbol.ContainingNamespace;
        }

        return false;
    }
}
