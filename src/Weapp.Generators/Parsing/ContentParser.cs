using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;

namespace Weapp.Generators.Parsing;

/// <summary>
/// Reads how content types travel as JSON, to read or to write them as <c>JsonSerializerOptions.Web</c> means it. What a type has beyond the
/// usual shapes is left to the serializer, type by type.
/// </summary>
internal sealed class ContentParser
{
    // Which members have been seen is kept in the bits of a ulong; unknown ones take the last.
    private const int MaxMembers = 63;

    // A generic type may contain ever larger ones of itself.
    private const int MaxObjects = 200;

    private readonly bool _isRead;
    private readonly List<ContentObject> _objects = [];
    private readonly Dictionary<string, bool> _isObject = [];
    private readonly HashSet<ITypeSymbol> _left = new(SymbolEqualityComparer.Default);

    private ContentParser(bool isRead) => _isRead = isRead;

    public static ContentModel ToRead(ITypeSymbol content) => Parse(content, isRead: true);

    public static ContentModel ToWrite(ITypeSymbol content) => Parse(content, isRead: false);

    /// <summary>The types, each once, that only the serializer reads or writes, whole contents or parts of them.</summary>
    public static IReadOnlyCollection<ITypeSymbol> LeftToTheSerializer(ITypeSymbol content, bool isRead)
    {
        var parser = new ContentParser(isRead);
        parser.ShapeOf(content);
        return parser._left;
    }

    private static ContentModel Parse(ITypeSymbol content, bool isRead)
    {
        var parser = new ContentParser(isRead);
        var shape = parser.ShapeOf(content);
        return new(shape, parser._objects.ToEquatableArray());
    }

    private ContentShape ShapeOf(ITypeSymbol type)
    {
        var reference = TypeRef.Of(type);
        if (ContentShapes.IsPlain(type))
            return new(ContentKind.Plain, reference, type.IsReferenceType);
        if (ContentShapes.ValueName(type) is { } value)
            return new(ContentKind.Value, reference, type.IsReferenceType, value);
        if (ContentShapes.NullableValue(type) is { } nullable)
            return Composed(ContentKind.Nullable, reference, null, nullable);
        if (ContentShapes.Sequence(type) is { } sequence)
            return Composed(ContentKind.Sequence, reference, sequence.Make, sequence.Element);
        if (ContentShapes.MapValue(type) is { } mapValue)
            return Composed(ContentKind.Map, reference, null, mapValue);
        if (type.TypeKind == TypeKind.Enum)
            return EnumShape(type, reference);
        if (type is INamedTypeSymbol named && IsObject(named, reference))
            return new(ContentKind.Object, reference, type.IsReferenceType);
        _left.Add(type);
        return new(ContentKind.Serializer, reference, type.IsReferenceType);
    }

    private ContentShape Composed(ContentKind kind, TypeRef type, string? make, ITypeSymbol item) =>
        new(kind, type, IsReference: kind != ContentKind.Nullable, make, TypeRef.Display(item), new([ShapeOf(item)]));

    private ContentShape EnumShape(ITypeSymbol type, TypeRef reference)
    {
        var kind = ContentKind.Enum;
        foreach (var attribute in type.GetAttributes())
        {
            if (JsonRules.Name(attribute) is { } name)
                kind = name == "JsonConverterAttribute" && JsonRules.IsEnumName(attribute, type) ? ContentKind.EnumName : ContentKind.Serializer;
        }

        if (kind == ContentKind.Serializer)
            _left.Add(type);
        return new(kind, reference, IsReference: false);
    }

    private bool IsObject(INamedTypeSymbol type, TypeRef reference)
    {
        if (_isObject.TryGetValue(reference.FullName, out var known))
            return known;
        var members = ContentShapes.MayBeObject(type) && _isObject.Count < MaxObjects && ContentProperties.Of(type) is { } properties
            ? _isRead ? ReadMembers(type, properties) : WrittenMembers(properties)
            : null;
        var isObject = members is { Count: <= MaxMembers };
        _isObject.Add(reference.FullName, isObject);
        if (!isObject)
            return false;

        // Its members may be of its own type, so that it is one is known before they are looked at.
        var place = _objects.Count;
        _objects.Add(null!);
        List<ContentMember> shaped = [];
        foreach (var (property, member) in members!)
            shaped.Add(member with { Shape = property.IsEnumName ? NamedEnum(property.Symbol.Type) : ShapeOf(property.Symbol.Type) });
        _objects[place] = new(reference, type.IsValueType, shaped.ToEquatableArray());
        return true;
    }

    private static ContentShape NamedEnum(ITypeSymbol type)
    {
        var named = new ContentShape(ContentKind.EnumName, TypeRef.Of(ContentShapes.UnderlyingEnum(type)!), IsReference: false);
        return ContentShapes.NullableValue(type) is null
            ? named
            : new(ContentKind.Nullable, TypeRef.Of(type), IsReference: false, null, named.Type.FullName, new([named]));
    }

    private static List<(ContentProperty, ContentMember)>? ReadMembers(INamedTypeSymbol type, List<ContentProperty> properties)
    {
        if (ContentConstructor.Find(type) is not { } constructor)
            return null;
        List<(ContentProperty, ContentMember)> members = [];
        HashSet<ContentProperty> bound = [];
        foreach (var parameter in constructor.Symbol?.Parameters ?? [])
        {
            if (Find(properties, parameter) is not { } property || !ContentConstructor.TryReadDefault(parameter, out var code) || !bound.Add(property))
                return null;
            // The compiler would ask for it once more.
            if (property.Symbol.IsRequired && !constructor.SetsRequiredMembers)
                return null;
            members.Add((property, Member(property, MemberTarget.Parameter, property.IsRequiredByAttribute, code)));
        }

        foreach (var property in properties)
        {
            if (property.IsIgnored && property.IsRequired)
                return null;
            if (property.IsIgnored || bound.Contains(property))
                continue;
            if (!property.HasSetter)
            {
                if (property.IsRequired)
                    return null;
                continue;
            }

            if (!property.HasPlainSetter || ReadMember(type, property, constructor) is not { } member)
                return null;
            members.Add((property, member));
        }

        return members;
    }

    private static ContentMember? ReadMember(INamedTypeSymbol type, ContentProperty property, ContentConstructor constructor)
    {
        var isRequired = property.IsRequiredByAttribute || (property.IsRequired && !constructor.SetsRequiredMembers);
        var declaring = property.Symbol.ContainingType;
        var startsAsDefault = constructor.Symbol is null
            || (constructor.LeavesProperties && property.StartsAsDefault && SymbolEqualityComparer.Default.Equals(declaring, type));
        if (isRequired || startsAsDefault)
            return Member(property, MemberTarget.Initializer, isRequired);
        if (!property.Symbol.SetMethod!.IsInitOnly)
            return Member(property, MemberTarget.Setter, isRequired: false);
        for (var outer = declaring; outer is not null; outer = outer.ContainingType)
        {
            // The runtime's accessors name no closed generic types.
            if (outer.Arity > 0)
                return null;
        }

        return Member(property, MemberTarget.Accessor, isRequired: false) with { DeclaringType = TypeRef.Display(declaring) };
    }

    private static List<(ContentProperty, ContentMember)> WrittenMembers(List<ContentProperty> properties)
    {
        List<(ContentProperty, ContentMember)> members = [];
        foreach (var property in properties)
        {
            if (property.IsIgnored || !property.HasGetter)
                continue;
            var place = members.Count;
            while (place > 0 && members[place - 1].Item1.Order > property.Order)
                place--;
            members.Insert(place, (property, Member(property, default, isRequired: false)));
        }

        return members;
    }

    /// <summary>The property that a parameter of the constructor is for; null where there is none, or more than one.</summary>
    private static ContentProperty? Find(List<ContentProperty> properties, IParameterSymbol parameter)
    {
        ContentProperty? found = null;
        foreach (var property in properties)
        {
            if (parameter.RefKind != RefKind.None
                || property.IsIgnored
                || !string.Equals(parameter.Name, property.Symbol.Name, StringComparison.OrdinalIgnoreCase)
                || !SymbolEqualityComparer.Default.Equals(parameter.Type, property.Symbol.Type))
                continue;
            if (found is not null)
                return null;
            found = property;
        }

        return found;
    }

    // The shape is looked at later.
    private static ContentMember Member(ContentProperty property, MemberTarget target, bool isRequired, string? code = null) =>
        new(property.JsonName, property.Symbol.Name, null!, target, isRequired, code, null, property.WrittenWhen);
}
