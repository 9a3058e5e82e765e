using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary>A call whose signature was right.</summary>
/// <param name="Owner">Who calls.</param>
/// <param name="TcId">The caller's <c>tcId</c>.</param>
/// <param name="Data">The text that was signed.</param>
/// <param name="HasDataEncode">Whether the caller sent <c>dataEncode</c>.</param>
/// <param name="Id">The verified <c>webhook-id</c>: a call that is repeated has the same; null where it has none.</param>
internal readonly record struct AppCall(TunnelOwner Owner, string TcId, ReadOnlyMemory<byte> Data, bool HasDataEncode, string? Id);
