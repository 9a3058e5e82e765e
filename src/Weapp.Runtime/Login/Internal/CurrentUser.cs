using Microsoft.AspNetCore.Http;

namespace Weapp.Login;

/// <summary>The user of the request, in its scope; what a <see cref="UserInfo"/> parameter of an endpoint is given.</summary>
internal sealed class CurrentUser
{
    private bool _isChecked;

    /// <summary>The user; null where the request is nobody's.</summary>
    public UserInfo? Value { get; private set; }

    /// <summary>The user.</summary>
    /// <exception cref="InvalidOperationException">There is none: says what to do.</exception>
    public UserInfo Required => Value ?? throw (!_isChecked ? Unchecked() : new InvalidOperationException(
        "An endpoint takes a UserInfo, but its request is nobody's. Call RequireAuthorization() on the endpoint, so that only checked requests reach it; "
        + "one that is open to everybody takes a UserInfo? instead."));

    /// <summary>The user, or null.</summary>
    /// <exception cref="InvalidOperationException">Nothing has checked whose request it is, so that null would be a guess: says what to do.</exception>
    public UserInfo? Optional => _isChecked ? Value : throw Unchecked();

    /// <summary>Notes whose request it is.</summary>
    public void Set(HttpContext context, UserInfo? user)
    {
        (_isChecked, Value) = (true, user);
        if (user is null)
            OptionalUserServices.UseWhereTaken(context, this);
    }

    private static InvalidOperationException Unchecked() => new(
        "An endpoint takes a UserInfo, but nothing has checked whose request it is. Make Weapp the default scheme, "
        + "builder.Services.AddAuthentication(WeappAuthenticationDefaults.AuthenticationScheme).AddWeapp(), or call RequireAuthorization() with a policy that names it.");
}
