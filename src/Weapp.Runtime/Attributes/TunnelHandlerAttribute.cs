namespace Weapp;

/// <summary>
/// Marks a partial class whose annotated methods take the events of tunnels. The generator writes its dispatcher.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TunnelHandlerAttribute : Attribute;

/// <summary>
/// Marks a partial class whose annotated methods take the events of tunnels, and which sends the messages of <typeparamref name="TClient"/>.
/// </summary>
/// <typeparam name="TClient">An interface with <see cref="TunnelClientAttribute"/>; <see cref="ITunnels{TClient}"/> can then be injected.</typeparam>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TunnelHandlerAttribute<TClient> : Attribute
    where TClient : class;
