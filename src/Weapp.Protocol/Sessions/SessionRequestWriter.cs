using System.Buffers;
using System.Text.Json;

namespace Weapp.Protocol.Sessions;

/// <summary>Writes requests to a session server, member by member as the official SDKs send them.</summary>
public static class SessionRequestWriter
{
    /// <summary>Writes a <c>qcloud.cam.id_skey</c> request.</summary>
    /// <param name="output">Takes the body.</param>
    /// <param name="request">What the phone sent.</param>
    public static void WriteLogin(IBufferWriter<byte> output, SessionLoginRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var writer = Start(output, SessionWire.Login);
        writer.WriteString("code"u8, request.Code);
        if (request.EncryptedData is not null)
        {
            writer.WriteString("encrypt_data"u8, request.EncryptedData);
            writer.WriteString("iv"u8, request.Iv);
        }

        End(writer, request.AppId);
    }

    /// <summary>Writes a <c>qcloud.cam.auth</c> request.</summary>
    /// <param name="output">Takes the body.</param>
    /// <param name="id">The session's id; null is left out.</param>
    /// <param name="skey">The session's secret.</param>
    /// <param name="appId">The mini program, for a session server of several; null is left out.</param>
    public static void WriteCheck(IBufferWriter<byte> output, string? id, string skey, string? appId = null) =>
        WriteSession(output, SessionWire.Check, id, skey, appId);

    /// <summary>Writes a <c>weapp.logout</c> request.</summary>
    /// <param name="output">Takes the body.</param>
    /// <param name="id">The session's id; null is left out.</param>
    /// <param name="skey">The session's secret.</param>
    /// <param name="appId">The mini program, for a session server of several; null is left out.</param>
    public static void WriteLogout(IBufferWriter<byte> output, string? id, string skey, string? appId = null) =>
        WriteSession(output, SessionWire.Logout, id, skey, appId);

    /// <summary>Writes a <c>qcloud.cam.decrypt</c> request.</summary>
    /// <param name="output">Takes the body.</param>
    /// <param name="request">What is to be decrypted.</param>
    /// <param name="appId">The mini program, for a session server of several; null is left out.</param>
    public static void WriteDecrypt(IBufferWriter<byte> output, SessionDecryptRequest request, string? appId = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var writer = Start(output, SessionWire.Decrypt);
        WriteSession(writer, request.Id, request.Skey);
        writer.WriteString("encrypt_data"u8, request.EncryptedData);
        writer.WriteString("iv"u8, request.Iv);
        End(writer, appId);
    }

    private static void WriteSession(IBufferWriter<byte> output, string interfaceName, string? id, string skey, string? appId)
    {
        using var writer = Start(output, interfaceName);
        WriteSession(writer, id, skey);
        End(writer, appId);
    }

    private static void WriteSession(Utf8JsonWriter writer, string? id, string skey)
    {
        if (id is not null)
            writer.WriteString("id"u8, id);
        writer.WriteString("skey"u8, skey);
    }

    private static Utf8JsonWriter Start(IBufferWriter<byte> output, string interfaceName)
    {
        var writer = new Utf8JsonWriter(output, UserInfoJson.Writing);
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, 1);
        writer.WriteString("componentName"u8, "MA"u8);
        writer.WriteStartObject("interface"u8);
        writer.WriteString("interfaceName"u8, interfaceName);
        writer.WriteStartObject("para"u8);
        return writer;
    }

    private static void End(Utf8JsonWriter writer, string? appId)
    {
        if (appId is not null)
            writer.WriteString("appid"u8, appId);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
