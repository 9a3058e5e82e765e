namespace Weapp.Generators.Model;

/// <summary>A method of a client interface.</summary>
/// <param name="Interface">The interface that declares it, with <c>global::</c>.</param>
/// <param name="Name">Its name, not escaped.</param>
/// <param name="MessageType">The message it sends.</param>
/// <param name="Returns"><see cref="ReturnKind.Task"/> or <see cref="ReturnKind.ValueTask"/>, of an <c>EmitResult</c>.</param>
/// <param name="ContentType">The content's type with every <c>?</c>; null where it takes none.</param>
/// <param name="Content">How the content is written; null where it takes none.</param>
/// <param name="TakesCancellationToken">Whether its last parameter is a cancellation token.</param>
internal sealed record ClientMethodModel(
    string Interface, string Name, string MessageType, ReturnKind Returns, string? ContentType, ContentModel? Content, bool TakesCancellationToken);
