using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Weapp.Generators.Tests.Running;

/// <summary>Walks over everything that a value holds on to.</summary>
internal static class ObjectGraph
{
    /// <summary>Fails where something from the compiler is held.</summary>
    public static void AssertPlain(object value)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Visit(value, value.GetType().Name);

        void Visit(object? node, string path)
        {
            if (node is null || !seen.Add(node))
                return;
            Assert.False(
                node is ISymbol or SyntaxNode or SyntaxTree or SyntaxReference or Compilation or SemanticModel or Location or AttributeData,
                $"{path} holds a {node.GetType()}");
            var type = node.GetType();
            if (type.IsPrimitive || type.IsEnum || node is string)
                return;
            if (node is IEnumerable items)
            {
                foreach (var item in items)
                    Visit(item, path + "[]");
            }

            for (var declaring = type; declaring is not null; declaring = declaring.BaseType)
            {
                foreach (var field in declaring.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    Visit(field.GetValue(node), $"{path}.{field.Name}");
            }
        }
    }
}
