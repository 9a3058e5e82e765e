namespace Weapp.Protocol.Signatures;

/// <summary>The three headers of the Standard Webhooks specification; null where a call does not have one (protocol section 9).</summary>
/// <param name="Id">The call's id: the same at every attempt.</param>
/// <param name="Timestamp">The time of the attempt, in seconds since 1970.</param>
/// <param name="Signature">Signatures such as <c>v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=</c>, with spaces between them.</param>
public readonly record struct WebhookHeaders(string? Id, string? Timestamp, string? Signature)
{
    /// <summary>The name of the header with <see cref="Id"/>.</summary>
    public const string IdName = "webhook-id";

    /// <summary>The name of the header with <see cref="Timestamp"/>.</summary>
    public const string TimestampName = "webhook-timestamp";

    /// <summary>The name of the header with <see cref="Signature"/>.</summary>
    public const string SignatureName = "webhook-signature";

    /// <summary>Reads the headers of a call.</summary>
    /// <typeparam name="T">What holds them.</typeparam>
    /// <param name="source">Holds the call's headers.</param>
    /// <param name="find">Finds a header by its name; null where there is none.</param>
    public static WebhookHeaders Read<T>(T source, Func<T, string, string?> find)
    {
        ArgumentNullException.ThrowIfNull(find);
        return find(source, SignatureName) is { } signature ? new WebhookHeaders(find(source, IdName), find(source, TimestampName), signature) : default;
    }

    /// <summary>Sends the headers with a request.</summary>
    /// <param name="request">The request.</param>
    public void AddTo(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Headers.TryAddWithoutValidation(IdName, Id);
        request.Headers.TryAddWithoutValidation(TimestampName, Timestamp);
        request.Headers.TryAddWithoutValidation(SignatureName, Signature);
    }
}
