using Microsoft.Extensions.Configuration;

namespace Weapp.Configuration;

/// <summary>Wafer's <c>sdk.config</c> as a source of configuration.</summary>
internal sealed class SdkConfigSource : FileConfigurationSource
{
    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new SdkConfigProvider(this);
    }
}
