namespace Weapp.Generators.Model;

/// <summary>Who reads or writes a value.</summary>
internal enum ContentKind
{
    /// <summary>The reader and the writer have a method for it: text, truth value, int, long, double.</summary>
    Plain,

    /// <summary>The runtime has a value for it.</summary>
    Value,

    /// <summary>An enumeration that travels as a number.</summary>
    Enum,

    /// <summary>An enumeration that travels as a name.</summary>
    EnumName,

    /// <summary>A value type that may be null.</summary>
    Nullable,

    /// <summary>A collection.</summary>
    Sequence,

    /// <summary>A dictionary with texts as keys.</summary>
    Map,

    /// <summary>An object with a method of its own in generated code.</summary>
    Object,

    /// <summary>The app's serializer, with the metadata that the app has.</summary>
    Serializer,
}
