namespace Weapp.Benchmarks.Events;

/// <summary>What the broadcast sends.</summary>
[TunnelClient]
internal interface ISpeakClient
{
    [TunnelMessage("speak")]
    ValueTask<EmitResult> SpeakAsync(SpeakPayload content);
}

/// <summary>A handler that has a client, as an app that broadcasts has one.</summary>
[TunnelHandler<ISpeakClient>]
internal sealed partial class SpeakingHandler
{
    [TunnelMessage("speak")]
    public static void OnSpeak(string tunnelId) => ArgumentNullException.ThrowIfNull(tunnelId);
}
