namespace Weapp;

/// <summary>What a handler takes, as written down by the generator.</summary>
/// <param name="Events">Which events other than messages reach a method.</param>
/// <param name="Messages">The message types with a method of their own.</param>
/// <param name="TakesOtherMessages">Whether a <c>[TunnelMessage]</c> method without a type takes the rest.</param>
public sealed record TunnelHandlerContract(TunnelHandlerEvents Events, IReadOnlyList<TunnelMessageContract> Messages, bool TakesOtherMessages);

/// <summary>A message that a handler takes.</summary>
/// <param name="Type">The message type.</param>
/// <param name="Content">The type of its content; null where the method takes none.</param>
public sealed record TunnelMessageContract(string Type, Type? Content);

/// <summary>Events other than messages.</summary>
[Flags]
public enum TunnelHandlerEvents
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A method has <see cref="TunnelRequestAttribute"/>.</summary>
    Request = 1,

    /// <summary>A method has <see cref="TunnelConnectAttribute"/>.</summary>
    Connect = 2,

    /// <summary>A method has <see cref="TunnelCloseAttribute"/>.</summary>
    Close = 4,
}
