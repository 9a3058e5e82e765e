using Microsoft.Extensions.DependencyInjection;

namespace Weapp.Dispatch;

/// <summary>That a handler was added, and how long one lives.</summary>
internal sealed record HandlerRegistration<THandler>(ServiceLifetime Lifetime);
