namespace Weapp;

/// <summary>
/// Marks a partial class whose annotated methods take the events of tunnels. The generator writes its dispatcher.
/// </summary>
/// <remarks>On structs and interfaces it stands only to be refused by one error that says why.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface, Inherited = false)]
public sealed class TunnelHandlerAttribute : Attribute;

/// <summary>
/// Marks a partial class whose annotated methods take the events of tunnels, and which sends the messages of <typeparamref name="TClient"/>.
/// </summary>
/// <typeparam name="TClient">An interface with <see cref="TunnelClientAttribute"/>; <see cref="ITunnels{TClient}"/> can then be injected.</typeparam>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface, Inherited = false)]
public sealed class TunnelHandlerAttribute<TClient> : Attribute
    where TClient : class;
