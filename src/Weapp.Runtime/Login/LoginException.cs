namespace Weapp;

/// <summary>A login or check failed, and the failure has been written as the answer.</summary>
public sealed class LoginException : Exception
{
    internal LoginException(string type, string message)
        : base(message) => Type = type;

    /// <summary>The <c>error</c> of the answer: a member of <see cref="LoginErrors"/>.</summary>
    public string Type { get; }
}
