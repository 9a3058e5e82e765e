namespace Weapp.Generators.Model;

/// <summary>What a parameter of a handler's method is given.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="IsOptional">Whether the parameter takes null.</param>
/// <param name="Type">Its type; null where the kind says it.</param>
/// <param name="Objects">Where generated code reads the content: its type and those within it, itself first. Empty where the serializer does.</param>
internal sealed record ArgumentModel(ArgumentKind Kind, bool IsOptional = false, TypeRef? Type = null, EquatableArray<PlainObject> Objects = default);
