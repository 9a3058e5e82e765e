namespace Weapp.Generators.Model;

/// <summary>How a value travels as JSON.</summary>
/// <param name="Kind">Who reads or writes it.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsReference">Whether it may be null without saying so in its type.</param>
/// <param name="Detail">A value's name in the runtime; how a collection is made of its elements. Null for other kinds.</param>
/// <param name="ItemType">The type that a nullable, a collection or a dictionary is made of, with every <c>?</c>.</param>
/// <param name="Items">The one shape of that type.</param>
internal sealed record ContentShape(
    ContentKind Kind, TypeRef Type, bool IsReference, string? Detail = null, string? ItemType = null, EquatableArray<ContentShape> Items = default)
{
    public ContentShape Item => Items[0];
}
