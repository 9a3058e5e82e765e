using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace Weapp.Generators.Tests.Running;

/// <summary>What the generated dispatchers must do, written down by hand and slowly: attributes and parameters are looked at for each event.</summary>
internal sealed class ReflectedDispatcher<THandler>(JsonSerializerOptions contentOptions) : TunnelDispatcher<THandler>
    where THandler : class
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    public override ValueTask DispatchAsync(THandler handler, TunnelEvent e)
    {
        var methods = typeof(THandler).GetMethods(Any);
        var method = e.Kind switch
        {
            TunnelEventKind.Request => Array.Find(methods, static m => m.IsDefined(typeof(TunnelRequestAttribute))),
            TunnelEventKind.Connect => Array.Find(methods, static m => m.IsDefined(typeof(TunnelConnectAttribute))),
            TunnelEventKind.Close => Array.Find(methods, static m => m.IsDefined(typeof(TunnelCloseAttribute))),
            _ => Array.Find(methods, m => m.GetCustomAttribute<TunnelMessageAttribute>()?.Type == e.ReadMessageType())
                ?? Array.Find(methods, static m => m.GetCustomAttribute<TunnelMessageAttribute>() is { Type: null }),
        };
        if (method is null)
        {
            e.MarkUnhandled();
            return default;
        }

        var arguments = new object?[method.GetParameters().Length];
        foreach (var parameter in method.GetParameters())
        {
            if (!TryRead(e, parameter, out arguments[parameter.Position]))
                return default;
        }

        return method.Invoke(handler, arguments) switch
        {
            Task task => new(task),
            ValueTask task => task,
            _ => default,
        };
    }

    private bool TryRead(TunnelEvent e, ParameterInfo parameter, out object? value)
    {
        var type = parameter.ParameterType;
        var isOptional = new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
        var isOther = e.Kind == TunnelEventKind.Message && parameter.Member.GetCustomAttribute<TunnelMessageAttribute>()!.Type is null;
        value = null;
        if (type == typeof(TunnelContext))
            value = e.CreateContext();
        else if (parameter.Position == 0)
            value = e.TunnelId;
        else if (parameter.IsDefined(typeof(FromServicesAttribute)))
            value = e.Services.GetService(type);
        else if (type == typeof(CancellationToken))
            value = e.CancellationToken;
        else if (type == typeof(JsonElement))
            value = e.ReadElement();
        else if (isOther && type == typeof(string))
            value = e.ReadMessageType();
        else if (type == typeof(UserInfo))
            return ReadUser(e, isOptional, out value);
        else
            return ReadContent(e, type, isOptional, out value);
        return true;
    }

    private static bool ReadUser(TunnelEvent e, bool isOptional, out object? value)
    {
        value = e.User;
        return isOptional || e.TryGetUser(out _);
    }

    private bool ReadContent(TunnelEvent e, Type type, bool isOptional, out object? value)
    {
        var format = Activator.CreateInstance(typeof(ContentFormat<>).MakeGenericType(type), contentOptions, null);
        object?[] arguments = [format, null];
        var read = typeof(TunnelEvent).GetMethod(isOptional ? nameof(TunnelEvent.TryReadOptionalContent) : nameof(TunnelEvent.TryReadContent))!;
        var ok = (bool)read.MakeGenericMethod(type).Invoke(e, arguments)!;
        value = arguments[1];
        return ok;
    }
}
