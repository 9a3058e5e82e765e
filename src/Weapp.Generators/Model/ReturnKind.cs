namespace Weapp.Generators.Model;

/// <summary>What a method returns.</summary>
internal enum ReturnKind
{
    Void,
    Task,
    ValueTask,
}
