using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weapp.Protocol.Signatures;

namespace Weapp.TunnelServer.Http;

/// <summary>Answers to apps: <c>{"code":0,"message":"OK","data":…}</c>, with <c>data</c> as an object or as signed text (protocol section 6).</summary>
internal static class AnswerWriter
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Utf8JsonWriter Writer(IBufferWriter<byte> output) => new(output, Plain);

    public static void WriteObject(IBufferWriter<byte> output, ReadOnlySpan<byte> data)
    {
        using var writer = Start(output);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(data, skipInputValidation: true);
        writer.WriteEndObject();
    }

    public static void WriteSignedText(IBufferWriter<byte> output, ReadOnlySpan<byte> data, TunnelSignature signature)
    {
        Span<byte> signed = stackalloc byte[TunnelSignature.Length];
        signature.Sign(data, signed);
        using var writer = Start(output);
        writer.WriteString("data"u8, data);
        writer.WriteString("signature"u8, signed);
        writer.WriteEndObject();
    }

    private static Utf8JsonWriter Start(IBufferWriter<byte> output)
    {
        var writer = Writer(output);
        writer.WriteStartObject();
        writer.WriteNumber("code"u8, 0);
        writer.WriteString("message"u8, "OK"u8);
        return writer;
    }
}
