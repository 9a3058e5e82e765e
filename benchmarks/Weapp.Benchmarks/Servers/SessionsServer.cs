using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Weapp.Benchmarks.Sessions;

namespace Weapp.Benchmarks.Servers;

/// <summary>L1's subject: the session server with a database that is there already.</summary>
internal static class SessionsServer
{
    public const string Path = "/mina_auth/";

    public static void AddServices(IServiceCollection services, string folder) =>
        services.AddSessionServer(options => SessionFolder.Configure(options, folder));

    public static void Map(WebApplication app) => app.MapSessionServer(Path);
}
