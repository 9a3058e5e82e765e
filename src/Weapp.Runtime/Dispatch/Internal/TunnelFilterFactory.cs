using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Weapp.Dispatch;

/// <summary>Makes a filter for an event.</summary>
internal sealed record TunnelFilterFactory(Func<IServiceProvider, ITunnelFilter> Create)
{
    public static TunnelFilterFactory For<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>()
        where TFilter : class, ITunnelFilter =>
        new(static services => ActivatorUtilities.GetServiceOrCreateInstance<TFilter>(services));
}
