using System.Buffers;
using Weapp.Protocol.Signatures;
using Weapp.Protocol.Text;
using Weapp.Protocol.Tunnels;

namespace Weapp.Protocol.Answers;

/// <summary>Writes a tunnel server's answers with code 0 (protocol section 6); refusals are <see cref="Rejection.Body"/>.</summary>
public static class TunnelAnswerWriter
{
    /// <summary>Writes the answer to <c>/get/wsurl</c>: always signed text, which every official SDK reads there, with <c>dataEncode</c> or without.</summary>
    /// <param name="output">Takes the JSON text.</param>
    /// <param name="grant">The tunnel.</param>
    /// <param name="signature">Signs the data.</param>
    public static void WriteGrant(IBufferWriter<byte> output, TunnelGrant grant, TunnelSignature signature)
    {
        ArgumentNullException.ThrowIfNull(grant);
        using var data = new PooledBuffer(256);
        data.Write("{\"tunnelId\":\""u8);
        JsonText.WriteEscaped(grant.TunnelId, data);
        data.Write("\",\"connectUrl\":\""u8);
        JsonText.WriteEscaped(grant.ConnectUrl, data);
        data.Write("\"}"u8);
        WriteText(output, data.WrittenSpan, signature);
    }

    /// <summary>Writes the answer to <c>/ws/push</c>: signed text for callers that send <c>dataEncode</c>, an object for the others.</summary>
    /// <param name="output">Takes the JSON text.</param>
    /// <param name="result">What became of the push.</param>
    /// <param name="signature">Signs the data; null for an object without signature.</param>
    public static void WritePushResult(IBufferWriter<byte> output, PushResult result, TunnelSignature? signature)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(result);
        if (signature is null)
        {
            output.Write("{\"code\":0,\"message\":\"OK\",\"data\":"u8);
            WriteData(output, result);
            output.Write("}"u8);
            return;
        }

        using var data = new PooledBuffer(256);
        WriteData(data, result);
        WriteText(output, data.WrittenSpan, signature);
    }

    private static void WriteData(IBufferWriter<byte> output, PushResult result)
    {
        output.Write("{\"invalidTunnelIds\":"u8);
        JsonText.WriteArray(result.InvalidTunnelIds, output);
        if (result.UndeliveredTunnelIds.Count > 0)
        {
            output.Write(",\"undeliveredTunnelIds\":"u8);
            JsonText.WriteArray(result.UndeliveredTunnelIds, output);
        }

        output.Write("}"u8);
    }

    private static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> data, TunnelSignature signature)
    {
        output.Write("{\"code\":0,\"message\":\"OK\",\"data\":\""u8);
        JsonText.WriteEscaped(data, output);
        output.Write("\",\"signature\":\""u8);
        signature.Sign(data, output.GetSpan(TunnelSignature.Length));
        output.Advance(TunnelSignature.Length);
        output.Write("\"}"u8);
    }
}
