using System.Buffers;
using System.Text.Json;

namespace Weapp.Protocol.Sessions;

/// <summary>Writes a session server's answers.</summary>
public static class SessionAnswerWriter
{
    /// <summary>Writes the answer to a login.</summary>
    /// <param name="output">Takes the body.</param>
    /// <param name="answer">The answer; one without a value is a failure.</param>
    public static void Write(IBufferWriter<byte> output, SessionAnswer<SessionGrant> answer)
    {
        using var writer = Start(output, answer.Code, answer.Message);
        if (answer.Value is { } grant)
        {
            writer.WriteStartObject("returnData"u8);
            writer.WriteString("id"u8, grant.Id);
            writer.WriteString("skey"u8, grant.Skey);
            WriteUser(writer, grant.UserInfo);
            writer.WriteNumber("duration"u8, (long)grant.Duration.TotalSeconds);
            writer.WriteEndObject();
        }

        End(writer, answer.Value is null);
    }

    /// <summary>Writes the answer to a check or to a logout.</summary>
    /// <param name="output">Takes the body.</param>
    /// <param name="answer">The answer; one without a value is a failure.</param>
    public static void Write(IBufferWriter<byte> output, SessionAnswer<UserInfo> answer)
    {
        using var writer = Start(output, answer.Code, answer.Message);
        if (answer.Value is { } user)
        {
            writer.WriteStartObject("returnData"u8);
            WriteUser(writer, user);
            writer.WriteEndObject();
        }

        End(writer, answer.Value is null);
    }

    /// <summary>Writes the answer to a decryption: the plain text travels as a string.</summary>
    /// <param name="output">Takes the body.</param>
    /// <param name="answer">The answer; one without a value is a failure.</param>
    public static void Write(IBufferWriter<byte> output, SessionAnswer<string> answer)
    {
        using var writer = Start(output, answer.Code, answer.Message);
        if (answer.Value is { } plain)
            writer.WriteString("returnData"u8, plain);
        End(writer, answer.Value is null);
    }

    private static void WriteUser(Utf8JsonWriter writer, UserInfo user)
    {
        writer.WritePropertyName("user_info"u8);
        UserInfoJson.Write(writer, user);
    }

    private static Utf8JsonWriter Start(IBufferWriter<byte> output, int code, string message)
    {
        var writer = new Utf8JsonWriter(output, UserInfoJson.Writing);
        writer.WriteStartObject();
        writer.WriteNumber("returnCode"u8, code);
        writer.WriteString("returnMessage"u8, message);
        return writer;
    }

    private static void End(Utf8JsonWriter writer, bool failed)
    {
        if (failed)
            writer.WriteString("returnData"u8, ""u8);
        writer.WriteNumber("version"u8, 1);
        writer.WriteString("componentName"u8, "MA"u8);
        writer.WriteEndObject();
    }
}
