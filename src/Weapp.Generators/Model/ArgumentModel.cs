namespace Weapp.Generators.Model;

/// <summary>What a parameter of a handler's method is given.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="IsOptional">Whether the parameter takes null.</param>
/// <param name="Type">Its type; null where the kind says it.</param>
/// <param name="Content">How a content is read; null for other kinds.</param>
internal sealed record ArgumentModel(ArgumentKind Kind, bool IsOptional = false, TypeRef? Type = null, ContentModel? Content = null);
