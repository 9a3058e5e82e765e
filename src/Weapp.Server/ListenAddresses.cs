namespace Weapp.Server;

/// <summary>Whether somebody said where to listen.</summary>
internal static class ListenAddresses
{
    private static readonly string[] Keys = ["urls", "http_ports", "https_ports"];

    public static bool AreConfigured(IConfiguration configuration) =>
        Keys.Any(key => !string.IsNullOrEmpty(configuration[key])) || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
}
