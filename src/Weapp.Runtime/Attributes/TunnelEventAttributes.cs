namespace Weapp;

/// <summary>
/// On a handler's method: it takes messages. On a method of a <see cref="TunnelClientAttribute"/> interface: it sends them.
/// </summary>
/// <remarks>
/// A handler method's parameters are: first <c>string tunnelId</c> or <see cref="TunnelContext"/>, then at most one content, then any of
/// <see cref="UserInfo"/>, <see cref="CancellationToken"/> and services marked <c>[FromServices]</c>. It returns void, <see cref="Task"/> or <see cref="ValueTask"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TunnelMessageAttribute : Attribute
{
    /// <summary>The method takes every message whose type no other method takes: <c>(string tunnelId, string type, JsonElement content)</c>.</summary>
    public TunnelMessageAttribute()
    {
    }

    /// <summary>The method takes or sends messages of one type.</summary>
    /// <param name="type">The message type, for example <c>speak</c>: upper and lower case differ.</param>
    public TunnelMessageAttribute(string type) => Type = type;

    /// <summary>The message type; null for every type that no other method takes.</summary>
    public string? Type { get; }
}

/// <summary>The method is called when a phone has been given a tunnel, before it knows of it: nothing can overtake this call.</summary>
/// <remarks>Its user is known where the endpoint checks logins. An exception refuses the tunnel.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TunnelRequestAttribute : Attribute;

/// <summary>The method is called when a phone has connected to its tunnel.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TunnelConnectAttribute : Attribute;

/// <summary>The method is called once when a tunnel that was connected has ended, whoever ended it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TunnelCloseAttribute : Attribute;
