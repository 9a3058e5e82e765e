using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Weapp.Protocol.Sessions;

namespace Weapp.Login.Internal;

/// <summary>Picks the session server: the one at <see cref="WeappOptions.AuthServerUrl"/>, or else the one in this process.</summary>
internal sealed class SessionServerSource(IOptions<WeappOptions> options, IServiceProvider services)
{
    private readonly Lazy<ISessionServer> _server = new(() => Pick(options.Value, services));

    /// <summary>Whether something in this app logs in or checks, so that a session server is needed.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>The session server.</summary>
    /// <exception cref="InvalidOperationException">Neither is there, or the address is none; the message names the key.</exception>
    public ISessionServer Server => _server.Value;

    /// <summary>Notes that a session server is needed: without one the app must not start.</summary>
    public void MarkUsed() => IsUsed = true;

    private static ISessionServer Pick(WeappOptions options, IServiceProvider services)
    {
        if (string.IsNullOrWhiteSpace(options.AuthServerUrl))
            return services.GetService<ISessionServer>() ?? throw new InvalidOperationException(
                "Weapp:AuthServerUrl is missing, and no session server is registered in this app: set it to a session server's address, "
                + "or reference Weapp.SessionServer and call builder.Services.AddSessionServer(builder.Configuration.GetSection(\"SessionServer\")).");
        if (!Uri.TryCreate(options.AuthServerUrl, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new InvalidOperationException("Weapp:AuthServerUrl is no absolute HTTP address: set it to one like http://10.0.12.135/mina_auth/.");
        return ActivatorUtilities.CreateInstance<HttpSessionServer>(services);
    }
}
