namespace Weapp.Generators.Model;

/// <summary>How a content travels.</summary>
/// <param name="Shape">Its own shape.</param>
/// <param name="Objects">The objects in it, each once.</param>
internal sealed record ContentModel(ContentShape Shape, EquatableArray<ContentObject> Objects);
