namespace Weapp.Generated.Compliance;

/// <summary>What somebody says.</summary>
/// <param name="Word">The word.</param>
public sealed record Spoken(string Word);

/// <summary>Where somebody is.</summary>
/// <param name="X">To the right, in points.</param>
/// <param name="Y">Down, in points.</param>
public readonly record struct Place(int X, int Y);
