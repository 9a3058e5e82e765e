namespace Weapp.Generators.Model;

/// <summary>An object that generated code can read as the serializer would.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Members">Its members: those of the constructor first, in its order.</param>
internal sealed record PlainObject(TypeRef Type, EquatableArray<PlainMember> Members);

/// <summary>A member of a <see cref="PlainObject"/>.</summary>
/// <param name="JsonName">Its name in JSON.</param>
/// <param name="Property">The property that is set after the constructor; null for a parameter of it.</param>
/// <param name="TypeName">Its type's name with <c>global::</c>, or the keyword.</param>
/// <param name="IsObject">Whether its value is an object itself.</param>
internal sealed record PlainMember(string JsonName, string? Property, string TypeName, bool IsObject);
