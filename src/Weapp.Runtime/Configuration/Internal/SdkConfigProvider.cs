using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Weapp.Configuration;

/// <summary>Reads Wafer's <c>sdk.config</c> (protocol section 1). What it says about a bad file never repeats a value: one of them is a key.</summary>
internal sealed class SdkConfigProvider(SdkConfigSource source) : FileConfigurationProvider(source)
{
    private const string Section = "Weapp";

    private static readonly string[] Texts =
    [
        nameof(WeappOptions.ServerHost), nameof(WeappOptions.AuthServerUrl), nameof(WeappOptions.TunnelServerUrl),
        nameof(WeappOptions.TunnelSignatureKey), nameof(WeappOptions.NetworkProxy),
    ];

    public override void Load(Stream stream)
    {
        using var document = Parse(stream);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new FormatException("The file must hold a JSON object, such as {\"serverHost\":\"www.example.com\"}.");
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (Read(member) is { } setting && !data.TryAdd($"{Section}:{setting.Key}", setting.Value))
                throw new FormatException($"'{member.Name}' is there twice, if in another case.");
        }

        Data = data;
    }

    private static JsonDocument Parse(Stream stream)
    {
        try
        {
            // As tolerant as the readers that the file was written for.
            return JsonDocument.Parse(stream, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            // Its message may quote the file.
            throw new FormatException($"The file is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}, has an error, or a member is there twice.");
        }
    }

    private static (string Key, string Value)? Read(JsonProperty member)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
            return null;
        if (Array.Find(Texts, key => key.Equals(member.Name, StringComparison.OrdinalIgnoreCase)) is { } text)
            return (text, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : throw new FormatException($"'{member.Name}' must be text in quotation marks."));
        if (!nameof(WeappOptions.NetworkTimeout).Equals(member.Name, StringComparison.OrdinalIgnoreCase))
            return null;
        if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt32(out var milliseconds))
            throw new FormatException($"'{member.Name}' must be a whole number of milliseconds, such as 30000.");
        return (nameof(WeappOptions.NetworkTimeout), TimeSpan.FromMilliseconds(milliseconds).ToString("c", CultureInfo.InvariantCulture));
    }
}
