using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Weapp.Generators.Model;

namespace Weapp.Generators.Parsing;

/// <summary>A property that the serializer reads or writes, and what its attributes say. Parsers hold it, models do not.</summary>
internal sealed class ContentProperty
{
    private ContentProperty(IPropertySymbol symbol)
    {
        Symbol = symbol;
        JsonName = CamelCase(symbol.Name);
        IsRequired = symbol.IsRequired;
    }

    public IPropertySymbol Symbol { get; }

    public string JsonName { get; private set; }

    /// <summary>Whether the serializer leaves it out.</summary>
    public bool IsIgnored { get; private set; }

    /// <summary>Whether the compiler or the serializer asks for it.</summary>
    public bool IsRequired { get; private set; }

    /// <summary>Whether the serializer alone asks for it.</summary>
    public bool IsRequiredByAttribute { get; private set; }

    public bool IsEnumName { get; private set; }

    public int Order { get; private set; }

    public WrittenWhen WrittenWhen { get; private set; }

    public bool HasGetter => Symbol.GetMethod?.DeclaredAccessibility == Accessibility.Public;

    public bool HasSetter => Symbol.SetMethod?.DeclaredAccessibility == Accessibility.Public;

    /// <summary>Whether the compiler wrote the setter, so that nobody sees when it is called.</summary>
    public bool HasPlainSetter
    {
        get
        {
            if (Symbol.SetMethod is not { } setter || Symbol.PartialImplementationPart is not null)
                return false;
            if (setter.DeclaringSyntaxReferences.Length > 0)
                return setter.DeclaringSyntaxReferences[0].GetSyntax() is ParameterSyntax or AccessorDeclarationSyntax { Body: null, ExpressionBody: null };
            foreach (var attribute in setter.GetAttributes())
            {
                if (attribute.AttributeClass?.Is("System.Runtime.CompilerServices", "CompilerGeneratedAttribute") == true)
                    return true;
            }

            return setter.IsImplicitlyDeclared;
        }
    }

    /// <summary>Whether it is known to be the type's default in a new object.</summary>
    public bool StartsAsDefault =>
        Symbol.DeclaringSyntaxReferences.Length == 1
        && Symbol.DeclaringSyntaxReferences[0].GetSyntax() is PropertyDeclarationSyntax { Initializer: null };

    /// <summary>Reads a property's attributes; null where they say more than generated code does.</summary>
    public static ContentProperty? Read(IPropertySymbol symbol)
    {
        var property = new ContentProperty(symbol);
        foreach (var attribute in symbol.GetAttributes())
        {
            if (JsonRules.IsForbidden(attribute) || (JsonRules.Name(attribute) is { } name && !property.TryApply(name, attribute)))
                return null;
        }

        var isUsable = symbol.RefKind == RefKind.None
            && !HasRules(symbol.GetMethod)
            && !HasRules(symbol.SetMethod)
            && symbol.Type is { IsRefLikeType: false, TypeKind: not (TypeKind.Pointer or TypeKind.FunctionPointer) }
            && IsText(property.JsonName);
        return isUsable ? property : null;
    }

    private static bool HasRules(IMethodSymbol? accessor) => accessor is not null && JsonRules.HasAny(accessor);

    private bool TryApply(string attribute, AttributeData data)
    {
        switch (attribute)
        {
            case "JsonPropertyNameAttribute" when data.Argument(0) is string name:
                JsonName = name;
                return true;
            case "JsonPropertyOrderAttribute" when data.Argument(0) is int order:
                Order = order;
                return true;
            case "JsonRequiredAttribute":
                IsRequired = true;
                IsRequiredByAttribute = true;
                return true;
            case "JsonConverterAttribute":
                IsEnumName = ContentShapes.UnderlyingEnum(Symbol.Type) is { } enumeration && JsonRules.IsEnumName(data, enumeration);
                return IsEnumName;
            case "JsonIgnoreAttribute":
                return TryIgnore(data);
            default:
                return false;
        }
    }

    private bool TryIgnore(AttributeData data)
    {
        const int Never = 0, Always = 1, WhenWritingDefault = 2, WhenWritingNull = 3;
        var condition = data.NamedArguments.Length == 0 ? Always : data.NamedArguments[0].Value.Value;
        var isNullable = Symbol.Type.IsReferenceType || Symbol.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        IsIgnored = condition is Always;
        WrittenWhen = condition switch
        {
            WhenWritingDefault when !isNullable => WrittenWhen.NotDefault,
            WhenWritingDefault or WhenWritingNull => WrittenWhen.NotNull,
            _ => WrittenWhen.Always,
        };
        return condition is Never or Always or WhenWritingDefault || (condition is WhenWritingNull && isNullable);
    }

    private static bool IsText(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name, i))
                continue;
            if (!char.IsSurrogatePair(name, i))
                return false;
            i++;
        }

        return true;
    }

    private static string CamelCase(string name)
    {
        var letters = name.ToCharArray();
        for (var i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            if (i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]))
                break;
            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }
}
