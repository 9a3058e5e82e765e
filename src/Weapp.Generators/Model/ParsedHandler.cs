namespace Weapp.Generators.Model;

/// <summary>What became of a class with the handler attribute. The promises of <see cref="HandlerModel"/> hold.</summary>
/// <param name="Model">The handler; null where the class cannot be completed.</param>
/// <param name="Problems">Why it cannot.</param>
internal sealed record ParsedHandler(HandlerModel? Model, EquatableArray<ShapeProblem> Problems);
