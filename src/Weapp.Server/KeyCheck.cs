using Weapp.TunnelServer;

namespace Weapp.Server;

/// <summary>A server that others can reach needs a key that others do not know.</summary>
internal static class KeyCheck
{
    // Keys that stand in the documents of the official SDKs and in ours.
    private static readonly string[] SampleKeys = ["9f338d1f0ecc37d25ac7b161c1d7bf72", "my$ecretkey"];

    public static bool HasKey(IConfigurationSection tunnels) =>
        Keys(tunnels, nameof(TunnelServerOptions.SignatureKey), nameof(TunnelServerOptions.Clients)).Any();

    /// <summary>What is wrong with the keys, in one line without the keys; null if nothing is.</summary>
    public static string? Find(IConfigurationSection tunnels)
    {
        if (!HasKey(tunnels))
            return $"{TunnelServerOptions.Section}:SignatureKey or {TunnelServerOptions.Section}:Clients:<serverHost> must be set outside Development.";
        foreach (var (path, key) in Keys(
            tunnels,
            nameof(TunnelServerOptions.SignatureKey), nameof(TunnelServerOptions.AlternateSignatureKey),
            nameof(TunnelServerOptions.Clients), nameof(TunnelServerOptions.AlternateClients)))
        {
            if (SampleKeys.Contains(key))
                return $"{path} is a well-known sample key; make one of your own, for example with: openssl rand -hex 32";
        }

        return null;
    }

    // A key of its own, or one for each name below it.
    private static IEnumerable<(string Path, string Key)> Keys(IConfigurationSection tunnels, params string[] names) =>
        names.SelectMany(name => tunnels.GetSection(name).GetChildren().Prepend(tunnels.GetSection(name)))
            .Where(static section => !string.IsNullOrEmpty(section.Value))
            .Select(static section => (section.Path, section.Value!));
}
