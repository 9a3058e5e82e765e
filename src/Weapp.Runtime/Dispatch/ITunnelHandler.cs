using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Weapp;

/// <summary>What the generator writes for a class with <see cref="TunnelHandlerAttribute"/>. Not for hand-written code.</summary>
/// <typeparam name="TSelf">The handler itself.</typeparam>
/// <remarks>
/// An app in which the generator did not run does not compile: <c>AddHandler</c> and <c>MapWeappTunnel</c> ask for this interface.
/// </remarks>
public interface ITunnelHandler<TSelf>
    where TSelf : class, ITunnelHandler<TSelf>
{
    /// <summary>What the handler takes.</summary>
    static abstract TunnelHandlerContract Contract { get; }

    /// <summary>Registers the handler and its typed client, where they are not registered yet.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="lifetime">The handler's lifetime.</param>
    static abstract void ConfigureServices(IServiceCollection services, ServiceLifetime lifetime);

    /// <summary>Makes the dispatcher, which looks up how contents are read once.</summary>
    /// <param name="contentOptions">How contents are read.</param>
    static abstract TunnelDispatcher<TSelf> CreateDispatcher(JsonSerializerOptions contentOptions);
}
