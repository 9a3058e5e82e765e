namespace Weapp.Generators.Model;

/// <summary>An object that generated code reads or writes.</summary>
/// <param name="Type">Its type.</param>
/// <param name="IsStruct">Whether it cannot be null.</param>
/// <param name="Members">Its members: read ones with those of the constructor first and in its order, written ones in the order of writing.</param>
internal sealed record ContentObject(TypeRef Type, bool IsStruct, EquatableArray<ContentMember> Members);
