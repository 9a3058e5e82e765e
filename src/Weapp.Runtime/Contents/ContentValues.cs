using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Weapp.Protocol.Sessions;

namespace Weapp;

/// <summary>Values that the serializer reads and writes without metadata from the app, for generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Naming", "CA1720", Justification = "A value is named after its type.")]
public static class ContentValues
{
    // Web defaults and nothing else: no resolver is asked, for each value comes with its converter.
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { TypeInfoResolver = JsonTypeInfoResolver.Combine() };

    /// <summary>A value of type <see cref="bool"/>.</summary>
    public static ContentValue<bool> Boolean { get; } = Of(JsonMetadataServices.BooleanConverter);

    /// <summary>A value of type <see cref="byte"/>.</summary>
    public static ContentValue<byte> Byte { get; } = Of(JsonMetadataServices.ByteConverter);

    /// <summary>A value of type <see cref="sbyte"/>.</summary>
    public static ContentValue<sbyte> SByte { get; } = Of(JsonMetadataServices.SByteConverter);

    /// <summary>A value of type <see cref="short"/>.</summary>
    public static ContentValue<short> Int16 { get; } = Of(JsonMetadataServices.Int16Converter);

    /// <summary>A value of type <see cref="ushort"/>.</summary>
    public static ContentValue<ushort> UInt16 { get; } = Of(JsonMetadataServices.UInt16Converter);

    /// <summary>A value of type <see cref="int"/>.</summary>
    public static ContentValue<int> Int32 { get; } = Of(JsonMetadataServices.Int32Converter);

    /// <summary>A value of type <see cref="uint"/>.</summary>
    public static ContentValue<uint> UInt32 { get; } = Of(JsonMetadataServices.UInt32Converter);

    /// <summary>A value of type <see cref="long"/>.</summary>
    public static ContentValue<long> Int64 { get; } = Of(JsonMetadataServices.Int64Converter);

    /// <summary>A value of type <see cref="ulong"/>.</summary>
    public static ContentValue<ulong> UInt64 { get; } = Of(JsonMetadataServices.UInt64Converter);

    /// <summary>A value of type <see cref="float"/>.</summary>
    public static ContentValue<float> Single { get; } = Of(JsonMetadataServices.SingleConverter);

    /// <summary>A value of type <see cref="double"/>.</summary>
    public static ContentValue<double> Double { get; } = Of(JsonMetadataServices.DoubleConverter);

    /// <summary>A value of type <see cref="decimal"/>.</summary>
    public static ContentValue<decimal> Decimal { get; } = Of(JsonMetadataServices.DecimalConverter);

    /// <summary>A value of type <see cref="char"/>.</summary>
    public static ContentValue<char> Char { get; } = Of(JsonMetadataServices.CharConverter);

    /// <summary>A value of type <see cref="Guid"/>.</summary>
    public static ContentValue<Guid> Guid { get; } = Of(JsonMetadataServices.GuidConverter);

    /// <summary>A value of type <see cref="DateTime"/>.</summary>
    public static ContentValue<DateTime> DateTime { get; } = Of(JsonMetadataServices.DateTimeConverter);

    /// <summary>A value of type <see cref="DateTimeOffset"/>.</summary>
    public static ContentValue<DateTimeOffset> DateTimeOffset { get; } = Of(JsonMetadataServices.DateTimeOffsetConverter);

    /// <summary>A value of type <see cref="DateOnly"/>.</summary>
    public static ContentValue<DateOnly> DateOnly { get; } = Of(JsonMetadataServices.DateOnlyConverter);

    /// <summary>A value of type <see cref="TimeOnly"/>.</summary>
    public static ContentValue<TimeOnly> TimeOnly { get; } = Of(JsonMetadataServices.TimeOnlyConverter);

    /// <summary>A value of type <see cref="TimeSpan"/>.</summary>
    public static ContentValue<TimeSpan> TimeSpan { get; } = Of(JsonMetadataServices.TimeSpanConverter);

    /// <summary>A value of type <see cref="Uri"/>.</summary>
    public static ContentValue<Uri> Uri { get; } = Of(JsonMetadataServices.UriConverter);

    /// <summary>A value of type <see cref="Version"/>.</summary>
    public static ContentValue<Version> Version { get; } = Of(JsonMetadataServices.VersionConverter);

    /// <summary>A value of type <see cref="JsonElement"/>.</summary>
    public static ContentValue<JsonElement> JsonElement { get; } = Of(JsonMetadataServices.JsonElementConverter);

    /// <summary>A value of type <see cref="JsonNode"/>.</summary>
    public static ContentValue<JsonNode> JsonNode { get; } = Of(JsonMetadataServices.JsonNodeConverter);

    /// <summary>Bytes, as Base64 text.</summary>
    public static ContentValue<byte[]> ByteArray { get; } = Of(JsonMetadataServices.ByteArrayConverter);

    /// <summary>A user, with the members that its type does not know.</summary>
    public static ContentValue<UserInfo> UserInfo { get; } = new(new UserInfoContext(new(JsonSerializerDefaults.Web)).UserInfo);

    /// <summary>An enumeration's value, as a number.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    public static ContentValue<T> Enum<T>()
        where T : struct, Enum =>
        Of(JsonMetadataServices.GetEnumConverter<T>(Web));

    /// <summary>An enumeration's value, as its name.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    public static ContentValue<T> EnumName<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>()
        where T : struct, Enum =>
        Of((JsonConverter<T>)new JsonStringEnumConverter<T>().CreateConverter(typeof(T), Web)!);

    private static ContentValue<T> Of<T>(JsonConverter<T?> converter) => new(JsonMetadataServices.CreateValueInfo<T>(Web, converter));
}
