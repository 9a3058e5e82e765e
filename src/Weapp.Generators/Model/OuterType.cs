namespace Weapp.Generators.Model;

/// <summary>A type around a nested handler.</summary>
/// <param name="Keyword"><c>class</c>, <c>record struct</c>, …</param>
/// <param name="Name">The escaped name with its type parameters; those of a handler have none.</param>
internal sealed record OuterType(string Keyword, string Name);
