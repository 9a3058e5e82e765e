using Microsoft.CodeAnalysis;
using Weapp.Generators.Parsing;

namespace Weapp.Generators.Model;

/// <summary>The class that is written for a client interface: found by name alone, so that handlers of other assemblies find it too.</summary>
/// <param name="Namespace">The escaped namespace.</param>
/// <param name="Name">The simple name.</param>
internal sealed record FactoryName(string Namespace, string Name)
{
    public string FullName => $"global::{Namespace}.{Name}";

    public static FactoryName Of(INamedTypeSymbol client)
    {
        // A nested type is not the one whose name has the underscore itself.
        var name = client.Name.Replace("_", "__");
        for (var outer = client.ContainingType; outer is not null; outer = outer.ContainingType)
            name = outer.Name.Replace("_", "__") + "_" + name;
        var @namespace = client.NamespaceName();
        return new(@namespace is null ? "Weapp.Generated" : "Weapp.Generated." + @namespace, name + "Factory");
    }
}
