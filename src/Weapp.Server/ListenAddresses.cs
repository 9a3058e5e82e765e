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

        var urls = Split(configuration["urls"]);
        if (urls.Count == 0)
            urls = TakePorts(configuration);
        if (urls.Count == 0)
            urls.Add(Default);
        if (management is not null)
            urls.Add(management.OriginalString);
        builder.WebHost.UseUrls([.. urls]);
    }

    private static List<string> TakePorts(ConfigurationManager configuration) => [.. TakePorts(configuration, "http"), .. TakePorts(configuration, "https")];

    private static List<string> TakePorts(ConfigurationManager configuration, string scheme)
    {
        var key = $"{scheme}_ports";
        var ports = Split(configuration[key]);
        // The web server would warn that the addresses made of them override them.
        configuration[key] = "";
        return [.. ports.Select(port => $"{scheme}://*:{port}")];
    }

    private static List<string> Split(string? text) => [.. (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
