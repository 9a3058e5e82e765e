using System.Text.Json.Serialization;
using Weapp;

namespace Chat;

/// <summary>Mini program → app.</summary>
public sealed record SpeakPayload(string Word);

/// <summary>App → mini program: somebody has spoken.</summary>
public sealed record Spoken(UserInfo Who, string Word);

/// <summary>App → mini program: how many people are here, and who has just come or gone.</summary>
public sealed record People(
    int Total,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UserInfo? Enter = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] UserInfo? Leave = null);

/// <summary>The messages that the app may send.</summary>
[TunnelClient]
public interface IChatClient
{
    [TunnelMessage("speak")]
    ValueTask<EmitResult> Speak(Spoken content, CancellationToken cancellationToken = default);

    [TunnelMessage("people")]
    ValueTask<EmitResult> People(People content, CancellationToken cancellationToken = default);
}

/// <summary>What <c>/user</c> answers.</summary>
public sealed record UserAnswer(int Code, string Message, UserAnswer.Content Data)
{
    public sealed record Content(UserInfo UserInfo);
}

/// <summary>Writes the answer without reflection, for Native AOT. Messages need no such thing: generated code reads and writes them.</summary>
[JsonSerializable(typeof(UserAnswer))]
internal sealed partial class ChatJson : JsonSerializerContext;
