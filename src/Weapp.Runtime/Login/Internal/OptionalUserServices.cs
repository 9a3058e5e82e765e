using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Weapp.Login;

/// <summary>A request's services where its endpoint takes a <c>UserInfo?</c>, which minimal APIs would otherwise require as they do any service.</summary>
internal sealed class OptionalUserServices(IServiceProvider services, CurrentUser current) : ISupportRequiredService, IKeyedServiceProvider
{
    /// <summary>Lets an endpoint that takes nothing but optional users be called with null; any other is left to its error.</summary>
    public static void UseWhereTaken(HttpContext context, CurrentUser current)
    {
        if (context.RequestServices is not OptionalUserServices && IsTaken(context))
            context.RequestServices = new OptionalUserServices(context.RequestServices, current);
    }

    public object? GetService(Type serviceType) => serviceType == typeof(UserInfo) ? current.Value : services.GetService(serviceType);

    public object GetRequiredService(Type serviceType) => serviceType == typeof(UserInfo) ? current.Value! : services.GetRequiredService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) => ((IKeyedServiceProvider)services).GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => services.GetRequiredKeyedService(serviceType, serviceKey);

    private static bool IsTaken(HttpContext context)
    {
        var isTaken = false;
        foreach (var parameter in context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>() ?? [])
        {
            if (parameter.ParameterInfo.ParameterType != typeof(UserInfo))
                continue;
            if (!parameter.IsOptional)
                return false;
            isTaken = true;
        }

        return isTaken;
    }
}
