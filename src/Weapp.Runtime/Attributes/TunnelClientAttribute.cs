namespace Weapp;

/// <summary>
/// Marks an interface whose methods, each with <see cref="TunnelMessageAttribute"/>, are the messages that the app may send.
/// The generator writes its implementation.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface, Inherited = false)]
public sealed class TunnelClientAttribute : Attribute;
