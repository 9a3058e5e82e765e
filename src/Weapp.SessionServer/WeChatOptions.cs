namespace Weapp.SessionServer;

/// <summary>How the session server reaches WeChat: configuration section <c>SessionServer:WeChat</c>.</summary>
public sealed class WeChatOptions
{
    /// <summary>The real WeChat, or a simulated one. Default <see cref="WeChatMode.WeChat"/>.</summary>
    public WeChatMode Mode { get; set; } = WeChatMode.WeChat;

    /// <summary>WeChat's API. Default <c>https://api.weixin.qq.com</c>.</summary>
    public string BaseAddress { get; set; } = "https://api.weixin.qq.com";

    /// <summary>The longest that a call to WeChat may take, its answer included. Default 5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Which WeChat hands out and takes login codes.</summary>
public enum WeChatMode
{
    /// <summary>The real one.</summary>
    WeChat,

    /// <summary>One in this process that lets anybody be anybody: for development and tests only.</summary>
    Development,
}
