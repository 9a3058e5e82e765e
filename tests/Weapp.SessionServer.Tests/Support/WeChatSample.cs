using System.Security.Cryptography;
using System.Text;

namespace Weapp.SessionServer.Tests.Support;

/// <summary>The sample that WeChat publishes, and other texts under its key.</summary>
internal static class WeChatSample
{
    public const string AppId = "wx4f4bc4dec97d474b";
    public const string SessionKey = "tiihtNczf5v6AKRyjwEUhQ==";
    public const string Iv = "r7BXXKkLb8qrSNn05n0qiA==";
    public const string OpenId = "oGZUI0egBJY1zhBYw2KhdUfwVJJE";
    public const string Code = "the-code";

    public const string EncryptedData =
        "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4lGOETKUQz6OYStslQ142d"
        + "NCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInNlxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn"
        + "/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns"
        + "/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJdNiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuy"
        + "Db/XcxxmK01EpqOyuxINew==";

    public const string SessionAnswer = $$"""{"session_key":"{{SessionKey}}","openid":"{{OpenId}}"}""";

    /// <summary>When the sample was made.</summary>
    public static DateTimeOffset Time { get; } = DateTimeOffset.FromUnixTimeSeconds(1477314187);

    /// <summary>Encrypts as WeChat does.</summary>
    public static string Encrypt(string plain)
    {
        using var aes = Aes.Create();
        aes.Key = Convert.FromBase64String(SessionKey);
        return Convert.ToBase64String(aes.EncryptCbc(Encoding.UTF8.GetBytes(plain), Convert.FromBase64String(Iv)));
    }
}
