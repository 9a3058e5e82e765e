namespace Weapp.Server;

/// <summary>Where to listen: what somebody said in any of ASP.NET Core's ways, and the address for those who run the server.</summary>
internal static class ListenAddresses
{
    public const string Default = "http://127.0.0.1:5081";

    private const string Endpoints = "Kestrel:Endpoints";

    /// <summary>Sees to it that there is an address, and that the management address is one of them.</summary>
    public static void Apply(WebApplicationBuilder builder, Uri? management)
    {
        var configuration = builder.Configuration;
        if (configuration.GetSection(Endpoints).GetChildren().Any())
        {
            if (management is not null)
                configuration[$"{Endpoints}:Weapp.Management:Url"] = management.OriginalString;
            return;
        }

        var urls = Urls(configuration);
        if (management is not null)
            urls.Add(management.OriginalString);
        builder.WebHost.UseUrls([.. urls]);
    }

    private static List<string> Urls(ConfigurationManager configuration)
    {
        if (Split(configuration["urls"]) is { Count: > 0 } urls)
            return urls;
        List<string> ports =
        [
            .. Split(configuration["http_ports"]).Select(static port => $"http://*:{port}"),
            .. Split(configuration["https_ports"]).Select(static port => $"https://*:{port}"),
        ];
        return ports.Count > 0 ? ports : [Default];
    }

    private static List<string> Split(string? text) => [.. (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
