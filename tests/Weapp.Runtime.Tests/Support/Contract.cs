using System.Text.Json.Serialization;

namespace Weapp.Runtime.Tests.Support;

/// <summary>Mini program → app.</summary>
public sealed record SpeakPayload(string Word);

/// <summary>App → mini program.</summary>
public sealed record Spoken(UserInfo Who, string Word);

/// <summary>App → mini program.</summary>
public sealed record People(int Total, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UserInfo? Enter = null);

/// <summary>What the apps of these tests send.</summary>
[TunnelClient]
public interface IChatClient
{
    [TunnelMessage("speak")]
    ValueTask<EmitResult> Speak(Spoken content, CancellationToken cancellationToken = default);

    [TunnelMessage("people")]
    ValueTask<EmitResult> People(People content);

    [TunnelMessage("poke")]
    Task<EmitResult> Poke();
}

/// <summary>Takes nothing; its app only sends.</summary>
[TunnelHandler<IChatClient>]
public sealed partial class SendingHandler;
