using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;

namespace Weapp.Login;

/// <summary>The session server of this app: the one whose address is configured, else the embedded one.</summary>
internal sealed class SessionServerSource(IOptions<WeappOptions> options, IServiceProvider services)
{
    private ISessionServer? _value;

    /// <summary>The session server.</summary>
    /// <exception cref="InvalidOperationException">Neither an address nor an embedded server: says what to do.</exception>
    public ISessionServer Value => _value ??= Find();

    private ISessionServer Find()
    {
        if (!string.IsNullOrEmpty(options.Value.AuthServerUrl))
            return services.GetRequiredService<HttpSessionServer>();
        var embedded = services.GetService<ISessionServer>() ?? throw new InvalidOperationException(
            "Weapp:AuthServerUrl is missing and there is no embedded session server: set it to the session server's address, " +
            "or reference Weapp.SessionServer and call services.AddSessionServer(…).");
        return options.Value.AppId is { } appId ? embedded.OfApp(appId) : embedded;
    }
}
