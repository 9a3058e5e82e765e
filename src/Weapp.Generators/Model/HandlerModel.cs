namespace Weapp.Generators.Model;

/// <summary>What the generator needs to know of a handler.</summary>
/// <remarks>
/// Models are the pipeline's cache keys: immutable, equal by value all the way down, and free of symbols, syntax and locations,
/// so that an edit that changes no model writes no file and no old compilation is kept alive.
/// </remarks>
/// <param name="HintName">The name of the generated file.</param>
/// <param name="Namespace">The escaped namespace; null for the global one.</param>
/// <param name="OuterTypes">The types around it, outermost first.</param>
/// <param name="Keyword"><c>class</c> or <c>record</c>.</param>
/// <param name="Name">Its escaped name.</param>
/// <param name="FullName">Its name with <c>global::</c>.</param>
/// <param name="DispatcherName">A name for the nested dispatcher that no member has.</param>
/// <param name="ClientFactory">The factory of its typed client; null without one.</param>
/// <param name="Methods">The annotated methods, in the order of declaration.</param>
internal sealed record HandlerModel(
    string HintName,
    string? Namespace,
    EquatableArray<OuterType> OuterTypes,
    string Keyword,
    string Name,
    string FullName,
    string DispatcherName,
    string? ClientFactory,
    EquatableArray<HandlerMethodModel> Methods);
