using System.Buffers;
using Weapp.Protocol.Signatures;
using Weapp.Protocol.Text;

namespace Weapp.Protocol.Envelopes;

/// <summary>Writes signed envelopes (protocol sections 5 and 6).</summary>
public static class EnvelopeWriter
{
    /// <summary>Signs <paramref name="data"/> and writes the envelope around it.</summary>
    /// <param name="output">Takes the JSON text.</param>
    /// <param name="data">The packet or request as JSON text: valid UTF-8.</param>
    /// <param name="signature">Signs the data.</param>
    /// <param name="tcId">The calling app's id; empty on events.</param>
    /// <param name="tcKey">The key in clear, which old tunnel servers expect with <c>/get/wsurl</c>; empty elsewhere.</param>
    public static void Write(
        IBufferWriter<byte> output, ReadOnlySpan<byte> data, TunnelSignature signature, ReadOnlySpan<byte> tcId = default, ReadOnlySpan<byte> tcKey = default)
    {
        output.Write("{\"data\":\""u8);
        JsonText.WriteEscaped(data, output);
        output.Write("\",\"dataEncode\":\"json"u8);
        if (!tcId.IsEmpty)
        {
            output.Write("\",\"tcId\":\""u8);
            JsonText.WriteEscaped(tcId, output);
        }

        if (!tcKey.IsEmpty)
        {
            output.Write("\",\"tcKey\":\""u8);
            JsonText.WriteEscaped(tcKey, output);
        }

        output.Write("\",\"signature\":\""u8);
        signature.Sign(data, output.GetSpan(TunnelSignature.Length));
        output.Advance(TunnelSignature.Length);
        output.Write("\"}"u8);
    }
}
