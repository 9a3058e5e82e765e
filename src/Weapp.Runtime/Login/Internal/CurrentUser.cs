namespace Weapp.Login;

/// <summary>The user of the request, in its scope; what a <see cref="UserInfo"/> parameter of an endpoint is given.</summary>
internal sealed class CurrentUser
{
    public UserInfo? Value { get; set; }
}
