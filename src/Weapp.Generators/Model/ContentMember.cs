namespace Weapp.Generators.Model;

/// <summary>A member of a <see cref="ContentObject"/>.</summary>
/// <param name="JsonName">Its name in JSON.</param>
/// <param name="Property">Its property, not escaped.</param>
/// <param name="Shape">How its value travels.</param>
/// <param name="Target">Where a read value goes.</param>
/// <param name="IsRequired">Whether an object without it cannot be read.</param>
/// <param name="Default">What its constructor parameter gets where JSON has none; null for the type's default.</param>
/// <param name="DeclaringType">The type that declares the property; set for <see cref="MemberTarget.Accessor"/> only.</param>
/// <param name="WrittenWhen">When it is written.</param>
internal sealed record ContentMember(
    string JsonName,
    string Property,
    ContentShape Shape,
    MemberTarget Target,
    bool IsRequired,
    string? Default,
    string? DeclaringType,
    WrittenWhen WrittenWhen);

/// <summary>Where a read member's value goes.</summary>
internal enum MemberTarget
{
    /// <summary>To the constructor.</summary>
    Parameter,

    /// <summary>Into the object initializer, be there a value or not.</summary>
    Initializer,

    /// <summary>To the setter, if there is a value: else the property keeps what it was made with.</summary>
    Setter,

    /// <summary>The same where the setter is <c>init</c>, which only the runtime can call later.</summary>
    Accessor,
}

/// <summary>When a member is written.</summary>
internal enum WrittenWhen
{
    Always,
    NotNull,
    NotDefault,
}
