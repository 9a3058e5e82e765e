using Microsoft.CodeAnalysis;
using Weapp.Generators.Model;
using Weapp.Generators.Rules;

namespace Weapp.Generators.Parsing;

/// <summary>Reads the parameters of a handler's method: the tunnel, then what the event has, then users, tokens and services in any order.</summary>
internal sealed class ParameterReader(IMethodSymbol method, EventAttribute attribute, Reporter reporter)
{
    private const string Extras = "UserInfo, CancellationToken and [FromServices] parameters";

    private readonly List<ArgumentModel> _arguments = [];
    private bool _ok = true;

    /// <summary>What the parameters are given; null where one is not supported.</summary>
    public List<ArgumentModel>? Read()
    {
        var parameters = method.Parameters;
        if (parameters.Length == 0)
        {
            reporter.Report(Descriptors.HandlerMethod, method, "The empty parameter list", method.Name, "begin it with 'string tunnelId' or 'TunnelContext tunnel'");
            return null;
        }

        foreach (var parameter in parameters)
        {
            if (parameter.RefKind != RefKind.None)
                Fail(parameter, "pass it by value");
            else
                ReadOne(parameter);
        }

        if (attribute is { Event: HandlerEvent.Message, HasMessageType: false } && parameters.Length == 1)
            Fail(parameters[0], "a method for all other messages takes (string tunnelId, string type, JsonElement content)");
        return _ok ? _arguments : null;
    }

    private void ReadOne(IParameterSymbol parameter)
    {
        var type = parameter.Type;
        if (parameter.Ordinal == 0)
            ReadTunnel(parameter);
        else if (parameter.IsFromServices())
            ReadService(parameter);
        else if (type.IsUserInfo())
            AddOnce(parameter, ArgumentKind.User, IsOptional(parameter));
        else if (type.IsCancellationToken())
            AddOnce(parameter, ArgumentKind.CancellationToken);
        else if (type.IsTunnelContext())
            Fail(parameter, "make it the first parameter, in place of the tunnel id");
        else if (attribute.Event != HandlerEvent.Message)
            Fail(parameter, $"after the tunnel a [{attribute.Name}] method takes {Extras}");
        else if (!attribute.HasMessageType)
            ReadOther(parameter);
        else
            ReadContent(parameter);
    }

    private void ReadTunnel(IParameterSymbol parameter)
    {
        if (parameter.Type.SpecialType == SpecialType.System_String)
            Add(ArgumentKind.TunnelId);
        else if (parameter.Type.IsTunnelContext())
            Add(ArgumentKind.Context);
        else if (parameter.Type.TypeKind == TypeKind.Error)
            _ok = false;
        else
            Fail(parameter, "the first parameter is 'string tunnelId' or 'TunnelContext tunnel'");
    }

    private void ReadService(IParameterSymbol parameter)
    {
        if (parameter.Type.HasErrors())
            _ok = false;
        else if (parameter.Type.IsOfOneFile())
            Fail(parameter, "remove 'file' from its type, since generated code in another file has to name it");
        else
            Add(ArgumentKind.Service, IsOptional(parameter), TypeRef.Of(parameter.Type));
    }

    private void ReadContent(IParameterSymbol parameter)
    {
        if (parameter.Ordinal != 1)
            Fail(parameter, $"a message has one content, which comes second; after it come {Extras}");
        else if (!ContentTypeRule.CheckRead(parameter, reporter))
            _ok = false;
        else if (parameter.Type.IsJsonElement())
            Add(ArgumentKind.Element);
        else
            _arguments.Add(new(ArgumentKind.Content, IsOptional(parameter), TypeRef.Of(parameter.Type), ContentParser.ToRead(parameter.Type)));
    }

    private void ReadOther(IParameterSymbol parameter)
    {
        if (parameter.Ordinal == 1 && parameter.Type.SpecialType == SpecialType.System_String)
            Add(ArgumentKind.MessageType);
        else if (parameter.Ordinal == 2 && parameter.Type.IsJsonElement())
            Add(ArgumentKind.Element);
        else
            Fail(parameter, $"a method for all other messages takes (string tunnelId, string type, JsonElement content) and {Extras}");
    }

    private static bool IsOptional(IParameterSymbol parameter) => parameter.NullableAnnotation == NullableAnnotation.Annotated;

    private void AddOnce(IParameterSymbol parameter, ArgumentKind kind, bool isOptional = false)
    {
        foreach (var argument in _arguments)
        {
            if (argument.Kind != kind)
                continue;
            Fail(parameter, $"take one {parameter.Type.Name}");
            return;
        }

        Add(kind, isOptional);
    }

    private void Add(ArgumentKind kind, bool isOptional = false, TypeRef? type = null) => _arguments.Add(new(kind, isOptional, type));

    private void Fail(IParameterSymbol parameter, string advice)
    {
        _ok = false;
        if (parameter.Type.TypeKind != TypeKind.Error)
            reporter.ReportParameter(Descriptors.HandlerMethod, parameter, $"The parameter '{parameter.Name}'", method.Name, advice);
    }
}
