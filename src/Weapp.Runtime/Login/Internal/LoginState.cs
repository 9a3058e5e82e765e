namespace Weapp.Login.Internal;

/// <summary>What a check found: a user, or why there is none.</summary>
/// <param name="User">Whose session it is; null when the check failed.</param>
/// <param name="Failure">Why the check failed; null when it did not.</param>
internal sealed record LoginCheckResult(UserInfo? User, LoginFailure? Failure);

/// <summary>The user of the request, in its scope; what a <see cref="UserInfo"/> parameter of an endpoint is given.</summary>
internal sealed class CurrentUser
{
    public UserInfo? Value { get; set; }
}
