namespace Weapp.Generators.Tests.Running;

/// <summary>A service for snippets.</summary>
public sealed record Greeting(string Text);
