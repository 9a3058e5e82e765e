namespace Weapp.Generated.Compliance;

/// <summary>Types around handlers.</summary>
internal partial interface INested
{
    /// <summary>A struct around one.</summary>
    internal readonly partial record struct Inner
    {
        [TunnelHandler]
        private sealed partial record Quiet;
    }

    [TunnelHandler<IQuietClient>]
    internal sealed partial class Messages
    {
        private int _count;

        [TunnelMessage("one")]
        private void One(string tunnelId, int content) => _count += content + tunnelId.Length;

        [TunnelMessage("two")]
        private ValueTask Two(TunnelContext tunnel)
        {
            _count += tunnel.TunnelId.Length;
            return ValueTask.CompletedTask;
        }
    }
}
