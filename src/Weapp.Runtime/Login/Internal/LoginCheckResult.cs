using Microsoft.AspNetCore.Http;

namespace Weapp.Login;

/// <summary>What a check found: a user, or why there is none.</summary>
/// <param name="User">Whose session it is; null when the check failed.</param>
/// <param name="Failure">Why the check failed; null when it did not.</param>
internal sealed record LoginCheckResult(UserInfo? User, LoginFailure? Failure)
{
    /// <summary>Writes why the check failed, as the whole answer.</summary>
    public Task WriteFailureAsync(HttpContext context) => Failure!.WriteAsync(context);
}
