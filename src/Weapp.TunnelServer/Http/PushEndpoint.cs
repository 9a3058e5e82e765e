using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weapp.Protocol;
using Weapp.Protocol.Answers;
using Weapp.Protocol.Packets;
using Weapp.TunnelServer.Diagnostics;
using Weapp.TunnelServer.Tunnels;

namespace Weapp.TunnelServer.Http;

/// <summary><c>POST /ws/push</c>: messages and closes for phones. It takes all packets of a call or none.</summary>
internal sealed class PushEndpoint(
    PushRouter router, PushBudget budget, TunnelClients clients, IOptions<TunnelServerOptions> options, TunnelServerMetrics metrics, ILoggerFactory loggers)
    : AppCallEndpoint("/ws/push", clients, options, metrics, loggers)
{
    private const int MaxIds = 10_000;

    private readonly int _maxFrameBytes = options.Value.MaxFrameBytes;

    protected override async ValueTask<Rejection?> TakeAsync(HttpContext context, AppCall call, PooledBuffer answer)
    {
        if (!PushPacket.TryReadAll(call.Data.Span, out var packets, out var rejection))
            return rejection;
        var (ids, bytes) = (0, 0L);
        foreach (var packet in packets)
        {
            ids += packet.TunnelIds.Count;
            bytes += (long)packet.TunnelIds.Count * packet.Content.Length;
            if (ids > MaxIds || packet.Content.Length > _maxFrameBytes)
                return Rejection.TooLarge;
        }

        if (!budget.TryTake(call.Owner, bytes))
            return Rejection.TooMany;
        var outcome = new PushOutcome();
        await router.PushAsync(call.Owner, call.Id, packets, outcome);
        TunnelAnswerWriter.WritePushResult(answer, outcome.ToResult(), call.HasDataEncode ? call.Owner.Signature!.Body : null);
        return null;
    }
}
