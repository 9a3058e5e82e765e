namespace Weapp.Generators.Model;

/// <summary>Where an argument comes from.</summary>
internal enum ArgumentKind
{
    TunnelId,
    Context,
    MessageType,
    Content,
    Element,
    User,
    CancellationToken,
    Service,
}
