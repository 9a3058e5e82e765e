using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Weapp.Login;

/// <summary>Registers everything that login needs, once.</summary>
internal static class LoginServices
{
    public static void AddLogin(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(SessionServerSource)))
            return;
        services.AddOptions<WeappOptions>();
        HttpSessionServer.AddServices(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SessionServerSource>();
        services.AddSingleton<LoginChecker>();
        services.AddSingleton<LoginPerformer>();
        services.AddSingleton<LogoutPerformer>();
        services.AddSingleton<CheckCache>();
        services.TryAddSingleton<ILoginService, LoginService>();
        services.AddScoped<CurrentUser>();

        // Endpoints bind a parameter whose type is a service from the request's services: so a UserInfo is the request's user, and never
        // something that the client wrote into the body.
        services.AddScoped(static provider => provider.GetRequiredService<CurrentUser>().Required);
        services.Configure<MvcOptions>(static options => options.Conventions.Add(new UserInfoModelBinder.Convention()));
        services.AddHostedService<SessionServerStartCheck>();
    }
}
