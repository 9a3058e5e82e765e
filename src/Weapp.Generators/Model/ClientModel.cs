namespace Weapp.Generators.Model;

/// <summary>What the generator needs to know of a client interface. The promises of <see cref="HandlerModel"/> hold.</summary>
/// <param name="HintName">The name of the generated file.</param>
/// <param name="FullName">The interface's name with <c>global::</c>.</param>
/// <param name="Factory">What is written for it.</param>
/// <param name="IsPublic">Whether other assemblies see the interface.</param>
/// <param name="Methods">Its messages, those of the interfaces it extends included.</param>
internal sealed record ClientModel(string HintName, string FullName, FactoryName Factory, bool IsPublic, EquatableArray<ClientMethodModel> Methods);
