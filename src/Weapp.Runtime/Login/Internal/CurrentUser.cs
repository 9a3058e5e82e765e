namespace Weapp.Login;

/// <summary>The user of the request, in its scope; what a <see cref="UserInfo"/> parameter of an endpoint is given.</summary>
internal sealed class CurrentUser
{
    public UserInfo? Value { get; set; }

    /// <summary>The user.</summary>
    /// <exception cref="InvalidOperationException">There is none: says what to do.</exception>
    public UserInfo Required => Value ?? throw new InvalidOperationException(
        "An endpoint takes a UserInfo, but its request is nobody's. Call RequireAuthorization() on the endpoint, so that only checked requests reach it; "
        + "one that is open to everybody takes the HttpContext and looks at its User instead.");
}
