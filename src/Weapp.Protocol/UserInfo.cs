using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weapp;

/// <summary>A mini program user as WeChat describes it (protocol section 3, <c>user_info</c>).</summary>
/// <remarks>Today's WeChat hands out no profiles, so with a code-only login only <see cref="OpenId"/> (and <see cref="UnionId"/>) is known.</remarks>
public sealed record UserInfo
{
    /// <summary>The user's id within one mini program; never null, empty only where a session server sent none.</summary>
    [JsonPropertyName("openId")]
    public string OpenId { get; init => field = value ?? ""; } = "";

    /// <summary>The user's id across the mini programs of one WeChat Open Platform account, where there is one.</summary>
    [JsonPropertyName("unionId"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? UnionId { get; init; }

    /// <summary>The nickname the user shows.</summary>
    [JsonPropertyName("nickName"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NickName { get; init; }

    /// <summary>The address of the user's picture.</summary>
    [JsonPropertyName("avatarUrl"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AvatarUrl { get; init; }

    /// <summary>0 unknown, 1 male, 2 female.</summary>
    [JsonPropertyName("gender")]
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public int Gender { get; init; }

    /// <summary>The language of the user's WeChat, for example <c>zh_CN</c>.</summary>
    [JsonPropertyName("language"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Language { get; init; }

    /// <summary>The user's city.</summary>
    [JsonPropertyName("city"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? City { get; init; }

    /// <summary>The user's province.</summary>
    [JsonPropertyName("province"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Province { get; init; }

    /// <summary>The user's country.</summary>
    [JsonPropertyName("country"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Country { get; init; }

    /// <summary>Members that the session server sent and this type does not know, kept as they were.</summary>
    /// <remarks>It can be set at any time because the JSON source generator takes no <c>init</c> here.</remarks>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Extra { get; set; }
}
