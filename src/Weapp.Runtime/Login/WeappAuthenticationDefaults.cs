namespace Weapp;

/// <summary>Names of the authentication scheme.</summary>
public static class WeappAuthenticationDefaults
{
    /// <summary>The scheme's name: <c>Weapp</c>.</summary>
    public const string AuthenticationScheme = "Weapp";
}
