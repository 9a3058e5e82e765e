using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Sessions;

/// <summary>Users as JSON, as they travel and as they are stored.</summary>
public static class UserInfoJson
{
    internal static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a user as a JSON object.</summary>
    /// <param name="writer">Takes the object.</param>
    /// <param name="user">The user.</param>
    public static void Write(Utf8JsonWriter writer, UserInfo user) => JsonSerializer.Serialize(writer, user, UserInfoContext.Default.UserInfo);

    /// <summary>Writes a user as JSON text.</summary>
    /// <param name="user">The user.</param>
    /// <returns>UTF-8 JSON; text beyond ASCII is not escaped.</returns>
    public static byte[] ToUtf8(UserInfo user)
    {
        using var buffer = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
            Write(writer, user);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a user from JSON text.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="user">The user.</param>
    /// <returns>False for text that is no strict JSON object, or whose known members have values of other types.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out UserInfo? user)
    {
        user = null;
        if (!StrictDocument.TryParse(json, out var document))
            return false;
        using (document)
            return TryRead(document.RootElement, out user);
    }

    /// <summary>Reads a user from a strict document; the user keeps nothing of it.</summary>
    internal static bool TryRead(JsonElement json, [NotNullWhen(true)] out UserInfo? user)
    {
        user = null;
        if (json.ValueKind != JsonValueKind.Object)
            return false;
        try
        {
            user = json.Deserialize(UserInfoContext.Default.UserInfo);
            return user is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>How users are read and written without reflection.</summary>
[JsonSerializable(typeof(UserInfo))]
internal sealed partial class UserInfoContext : JsonSerializerContext;
