namespace Weapp.Benchmarks.Events;

/// <summary>The method at the end of the way; it keeps what it was given, so that nothing can be left out.</summary>
[TunnelHandler]
internal sealed partial class SpeakHandler
{
    /// <summary>The tunnel of the last event.</summary>
    public string? LastTunnelId { get; private set; }

    /// <summary>The content of the last event.</summary>
    public SpeakPayload? Last { get; private set; }

    [TunnelMessage("speak")]
    public void OnSpeak(string tunnelId, SpeakPayload content)
    {
        LastTunnelId = tunnelId;
        Last = content;
    }
}
