using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsCheck;

namespace Weapp.Generators.Tests.Running;

/// <summary>JSON texts that nearly fit a type: mostly right values, and some of every way to be wrong.</summary>
internal static class JsonTexts
{
    // Values that are written as texts, each in some ways.
    private static readonly Dictionary<Type, string[]> Written = new()
    {
        [typeof(DateTime)] = ["\"2026-01-02T03:04:05\"", "\"2026-01-02T03:04:05.1234567Z\"", "\"2026-01-02\""],
        [typeof(DateTimeOffset)] = ["\"2026-01-02T03:04:05Z\"", "\"2026-01-02T03:04:05.123+08:00\"", "\"2026-01-02\""],
        [typeof(DateOnly)] = ["\"2024-02-29\"", "\"0001-01-01\""],
        [typeof(TimeOnly)] = ["\"10:11:12\"", "\"23:59:59.9999999\""],
        [typeof(TimeSpan)] = ["\"00:00:01\"", "\"-1.02:03:04.5\"", "\"7\""],
        [typeof(Uri)] = ["\"https://example.com/a b\"", "\"../a\"", "\"\"", "null"],
        [typeof(Version)] = ["\"1.2\"", "\"1.2.3.4\"", "null"],
        [typeof(char)] = ["\"a\"", "\"木\"", "\"\\u0041\""],
        [typeof(byte[])] = ["\"\"", "\"AAEC\"", "null"],
    };

    private static readonly Gen<string> Space = Gen.OneOf("", "", "", "", " ", "\n\t");

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOf("", "hi", "三木", "😀", "a\"b\\c", "\u0000\n", "\u2028", "Red", "second", "First, Second", "1", "x", "circle"),
        Gen.String[Gen.Char['a', 'z'], 0, 12]);

    private static readonly Gen<string> Numbers = Gen.OneOf(
        Gen.OneOf("0", "-0", "1", "-1", "1.0", "1e2", "1E-2", "0.1", "255", "256", "65536", "2147483648", "9223372036854775808", "1e999", "79228162514264337593543950336"),
        Gen.Int.Select(static n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Gen.Int[0, 99].Select(static n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static readonly Gen<string> Literals = Texts.SelectMany(Quote);

    private static readonly Gen<string> Anything = Gen.OneOf(
        Gen.OneOf("null", "true", "false", "{}", "[]", "[[1]]", "{\"a\":{\"b\":[]}}", "\"NaN\"", "\"Infinity\"", "\"+1\"", "\" 1\"", "\"1.5\"", "\"1e2\""),
        Literals,
        Numbers,
        Numbers.Select(static number => $"\"{number}\""));

    /// <summary>Texts for a type; one value in some hundred is not what it should be.</summary>
    public static Gen<string> Of(Type type, int depth = 0) =>
        Gen.Select(Gen.Int[0, 99], Right(type, depth), Anything, static (dice, right, wrong) => dice == 0 ? wrong : right);

    /// <summary>Texts, every fourth of which has lost a character, has one twice, or has another in its place. Most of these are no JSON any more.</summary>
    public static Gen<string> Mutated(Gen<string> texts) => Gen.Select(
        texts, Gen.Int[0, 11], Gen.Int[0, int.MaxValue], Gen.OneOf('"', '\\', '{', ']', ',', ':', '0', '-', 'e', 'n', ' '), static (text, dice, place, other) => dice switch
        {
            0 => text.Remove(place % text.Length, 1),
            1 => text.Insert(place % text.Length, text[place % text.Length].ToString()),
            2 => text.Remove(place % text.Length, 1).Insert(place % text.Length, other.ToString()),
            _ => text,
        });

    private static Gen<string> Right(Type type, int depth)
    {
        var nullable = Nullable.GetUnderlyingType(type);
        if (nullable is not null)
            return Gen.Select(Gen.Int[0, 3], Of(nullable, depth), static (dice, some) => dice == 0 ? "null" : some);
        if (type.IsEnum)
            return type.IsDefined(typeof(JsonConverterAttribute)) ? Gen.OneOf("\"first\"", "\"Second\"", "1", "\"FIRST\"") : Gen.OneOf("0", "1", "9", "-1");
        if (type == typeof(string))
            return Gen.Frequency((8, Literals), (1, Gen.Const("null")));
        if (type == typeof(bool))
            return Gen.OneOf("true", "false");
        if (type == typeof(Guid))
            return Gen.Guid.Select(static id => $"\"{id}\"");
        if (Written.TryGetValue(type, out var written))
            return Gen.OneOf(written);
        if (type == typeof(JsonElement))
            return Anything;
        if (type.IsPrimitive || type == typeof(decimal))
            return Gen.Frequency((8, Gen.Int[0, 99].Select(static n => $"{n}")), (1, Gen.Int[0, 99].Select(static n => $"\"{n}\"")), (1, type == typeof(double) ? Numbers : Gen.Const("7")));
        if (type.IsAbstract && type.IsClass)
            return Gen.OneOf("{\"$type\":\"circle\",\"r\":3}", "null", "{\"$type\":\"circle\"}");
        if (Values(type) is { } values)
            return Of(values, depth + 1).Array[0, 3].SelectMany(items => Gen.String[Gen.Char['a', 'c'], 0, 1].Array[items.Length].Select(keys => $"{{{string.Join(",", keys.Zip(items, static (key, item) => $"\"{key}\":{item}"))}}}"));
        if (Elements(type) is { } elements)
            return Of(elements, depth + 1).Array[0, 3].Select(Space, static (items, space) => $"[{space}{string.Join("," + space, items)}]");
        return depth > 3 ? Gen.Const("null") : Object(type, depth);
    }

    private static Gen<string> Object(Type type, int depth)
    {
        var members = type.GetProperties().Where(static p => p.Name != "Extra").Select(property => Member(property, depth)).ToArray();
        return members.Aggregate(
            Gen.Const(""),
            static (all, member) => Gen.Select(all, member, static (a, b) => a.Length == 0 ? b : b.Length == 0 ? a : $"{a},{b}"))
            .Select(Gen.OneOf("", "", "", ",\"unknown\":[{}]", ",\"$id\":\"1\""), static (inside, more) => $"{{{(inside.Length == 0 ? more.TrimStart(',') : inside + more)}}}");
    }

    /// <summary>A member: seldom absent, twice, or under a name in another case or with escapes.</summary>
    private static Gen<string> Member(PropertyInfo property, int depth)
    {
        var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        return Gen.Select(Gen.Int[0, 39], Of(property.PropertyType, depth + 1), Space, (dice, value, space) => dice switch
        {
            0 => "",
            1 => $"\"{name}\":{value},\"{name.ToUpperInvariant()}\":{value}",
            2 => $"\"{property.Name}\":{value}",
            3 => $"\"\\u{(int)name[0]:x4}{name[1..]}\":{value}",
            4 => $"\"{name.Replace('s', 'ſ').Replace('k', '\u212A')}\":{value}",
            _ => $"{space}\"{name}\"{space}:{space}{value}{space}",
        });
    }

    private static Type? Values(Type type) => type.IsGenericType && type.GetGenericArguments() is [var key, var value] && key == typeof(string) ? value : null;

    private static Type? Elements(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.Namespace == "System.Collections.Generic" ? type.GetGenericArguments()[0]
        : null;

    /// <summary>The text as JSON, with more escapes than needed at times.</summary>
    private static Gen<string> Quote(string text) => Gen.Int[0, 3].Select(dice =>
    {
        StringBuilder quoted = new("\"");
        foreach (var c in text)
        {
            if (dice == 0 || c is '"' or '\\' or < ' ')
                quoted.Append("\\u").Append(((int)c).ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    });
}
