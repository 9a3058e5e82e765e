using System.Text.Json;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Sessions;

/// <summary>What a session server can be asked for.</summary>
public enum SessionInterface
{
    /// <summary><c>qcloud.cam.id_skey</c>: a login code becomes a session.</summary>
    Login,

    /// <summary><c>qcloud.cam.auth</c>: whose session it is.</summary>
    Check,

    /// <summary><c>qcloud.cam.decrypt</c>: what WeChat encrypted for the session.</summary>
    Decrypt,

    /// <summary><c>weapp.logout</c>: the session ends.</summary>
    Logout,
}

/// <summary>A request to a session server (protocol section 3).</summary>
/// <param name="Interface">What is asked for.</param>
/// <param name="Code">The login code; never null with <see cref="SessionInterface.Login"/>.</param>
/// <param name="EncryptedData">What WeChat encrypted; never null with <see cref="SessionInterface.Decrypt"/>.</param>
/// <param name="Iv">The initial vector that belongs to <paramref name="EncryptedData"/>: there when that is.</param>
/// <param name="Id">The session's id, or null to find the session by <paramref name="Skey"/> alone.</param>
/// <param name="Skey">The session's secret; never null but with <see cref="SessionInterface.Login"/>.</param>
public sealed record SessionRequest(
    SessionInterface Interface, string? Code, string? EncryptedData, string? Iv, string? Id, string? Skey)
{
    /// <summary>The mini program, where the request names one: <c>appid</c>, which Wafer's format does not have.</summary>
    public string? AppId { get; init; }

    /// <summary>Reads a request.</summary>
    /// <param name="body">The request body.</param>
    /// <param name="request">The request; null unless 0 is returned.</param>
    /// <returns>
    /// 0, or why the request is refused: <see cref="SessionCode.NotJson"/> (also for JSON that is not strict),
    /// <see cref="SessionCode.NoInterfaceName"/>, <see cref="SessionCode.NoParameters"/>, <see cref="SessionCode.UnknownInterface"/>
    /// or <see cref="SessionCode.MissingParameter"/>.
    /// </returns>
    public static int Read(ReadOnlyMemory<byte> body, out SessionRequest? request)
    {
        request = null;
        if (!StrictDocument.TryParse(body, out var document))
            return SessionCode.NotJson;
        using (document)
        {
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root)
                return SessionCode.NotJson;
            if (!root.TryGetProperty("interface"u8, out var call)
                || call.ValueKind != JsonValueKind.Object
                || call.Text("interfaceName"u8) is not { } name)
                return SessionCode.NoInterfaceName;
            if (!call.TryGetProperty("para"u8, out var para) || para.ValueKind != JsonValueKind.Object)
                return SessionCode.NoParameters;
            SessionInterface? kind = name switch
            {
                SessionWire.Login => SessionInterface.Login,
                SessionWire.Check => SessionInterface.Check,
                SessionWire.Decrypt => SessionInterface.Decrypt,
                SessionWire.Logout => SessionInterface.Logout,
                _ => null,
            };
            if (kind is null)
                return SessionCode.UnknownInterface;

            var read = new SessionRequest(
                kind.Value,
                para.Text("code"u8),
                para.Text("encrypt_data"u8),
                para.Text("iv"u8),
                para.Text("id"u8),
                para.Text("skey"u8))
            { AppId = para.Text("appid"u8) };
            if (!read.IsComplete)
                return SessionCode.MissingParameter;
            request = read;
            return SessionCode.Ok;
        }
    }

    private bool IsComplete => Interface switch
    {
        SessionInterface.Login => Code is not null && EncryptedData is null == Iv is null,
        SessionInterface.Check or SessionInterface.Logout => Skey is not null,
        _ => Skey is not null && EncryptedData is not null && Iv is not null,
    };

    /// <summary>Names the interface only: the other members belong in no log.</summary>
    public override string ToString() => $"{nameof(SessionRequest)} {Interface}";
}
