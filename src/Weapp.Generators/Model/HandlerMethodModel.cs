namespace Weapp.Generators.Model;

/// <summary>A handler's method and the event it takes.</summary>
/// <param name="Event">The event.</param>
/// <param name="MessageType">The message type; null for other events, and for the method that takes every other message.</param>
/// <param name="Name">The method's name, not escaped.</param>
/// <param name="IsStatic">Whether it is called on the type.</param>
/// <param name="Returns">What it returns.</param>
/// <param name="Arguments">What it is given, in order.</param>
internal sealed record HandlerMethodModel(
    HandlerEvent Event, string? MessageType, string Name, bool IsStatic, ReturnKind Returns, EquatableArray<ArgumentModel> Arguments);
