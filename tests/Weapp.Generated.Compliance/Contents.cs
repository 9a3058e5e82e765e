using System.Text.Json.Serialization;

namespace Weapp.Generated.Compliance;

/// <summary>What somebody says.</summary>
/// <param name="Word">The word.</param>
public sealed record Spoken(string Word);

/// <summary>Where somebody is.</summary>
/// <param name="X">To the right, in points.</param>
/// <param name="Y">Down, in points.</param>
public readonly record struct Place(int X, int Y);

/// <summary>Every way in which a member may be read and written.</summary>
/// <param name="Id">A value of the runtime's.</param>
/// <param name="Mood">An enumeration.</param>
/// <param name="Tags">A collection.</param>
/// <param name="Counts">A dictionary.</param>
/// <param name="Height">A nullable, with a default.</param>
/// <param name="Next">An object of the same type.</param>
public sealed record Everything(Guid Id, Mood Mood, IReadOnlyList<string?> Tags, Dictionary<string, long> Counts, double? Height = null, Everything? Next = null)
{
    /// <summary>A member that is asked for.</summary>
    public required bool IsNeeded { get; init; }

    /// <summary>A member that keeps its value.</summary>
    public string Kept { get; init; } = "kept";

    /// <summary>The same, to be set at any time.</summary>
    public int Level { get; set; } = 1;

    /// <summary>A member that is seldom written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Rare { get; set; }

    /// <summary>A member of a type that only the serializer reads.</summary>
    public Shape? Outline { get; init; }
}

/// <summary>An enumeration that travels as a name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Mood>))]
public enum Mood
{
    /// <summary>Neither.</summary>
    Calm,

    /// <summary>Good.</summary>
    Merry,
}

/// <summary>One of several types.</summary>
[JsonDerivedType(typeof(Circle), "circle")]
public abstract record Shape;

/// <summary>One of them.</summary>
/// <param name="Radius">In points.</param>
public sealed record Circle(int Radius) : Shape;
