using Weapp.Configuration;

namespace Microsoft.Extensions.Configuration;

/// <summary>Reads the configuration file of the Wafer SDKs.</summary>
public static class WeappConfigurationExtensions
{
    /// <summary>
    /// Reads Wafer's <c>sdk.config</c> into the section <c>Weapp</c>: <c>serverHost</c>, <c>authServerUrl</c>, <c>tunnelServerUrl</c>,
    /// <c>tunnelSignatureKey</c>, <c>networkTimeout</c> (in milliseconds) and <c>networkProxy</c>. Other members are ignored. Sources that are
    /// added later override it.
    /// </summary>
    /// <param name="builder">The configuration, such as <c>builder.Configuration</c>.</param>
    /// <param name="path">The file; a relative path starts at the app's content root.</param>
    /// <param name="optional">Whether the file may be missing.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="FileNotFoundException">The file is missing, and <paramref name="optional"/> is false.</exception>
    /// <exception cref="InvalidDataException">The file cannot be read; its name is in the message, and why is in the inner exception's.</exception>
    public static IConfigurationBuilder AddSdkConfig(this IConfigurationBuilder builder, string path = "/etc/qcloud/sdk.config", bool optional = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var source = new SdkConfigSource { Path = path, Optional = optional };
        source.ResolveFileProvider();
        return builder.Add(source);
    }
}
