namespace Weapp.Generators.Model;

/// <summary>What happened to a tunnel; named as in the runtime's <c>TunnelEventKind</c>.</summary>
internal enum HandlerEvent
{
    Request,
    Connect,
    Message,
    Close,
}
