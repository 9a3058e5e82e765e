using System.Buffers;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Weapp.Benchmarks.Events;
using Weapp.Benchmarks.Servers;
using Weapp.Diagnostics;
using Weapp.Dispatch;
using Weapp.Http;
using Weapp.Protocol.Signatures;

namespace Weapp.Benchmarks.Micro;

/// <summary>P1 and P1b: from the body's bytes to the method with typed content, stages 2 to 6.</summary>
[MemoryDiagnoser]
public class BytesToMethod
{
    private readonly byte[] _body = SpeakEvent.Body();
    private readonly WebhookSignature _signature = new(SpeakEvent.Key);
    private readonly WebhookHeaders _headers;
    private readonly byte[] _hash = new byte[SHA1.HashSizeInBytes];
    private readonly SpeakHandler _byHand = new();
    private readonly HandWrittenTunnel _handWritten;
    private readonly ServiceProvider _services;
    private readonly SpeakHandler _handler;
    private readonly TunnelPostEndpoint _endpoint;

    /// <summary>Builds what an app builds when it starts, and checks that both ways lead to the method.</summary>
    public BytesToMethod()
    {
        _headers = _signature.Sign("LcxOZR4hYJRzXlY2dDo7Yw-12", DateTimeOffset.UnixEpoch, _body);
        _handWritten = new HandWrittenTunnel(SpeakEvent.Key, _byHand);
        var services = new ServiceCollection();
        services.AddLogging().AddMetrics();
        WeappServer.AddServices(services);
        _services = services.BuildServiceProvider();
        _handler = _services.GetRequiredService<SpeakHandler>();
        _endpoint = new TunnelPostEndpoint(
            new TunnelReceiver<SpeakHandler>(_services, new TunnelEndpointOptions()),
            new CallSignature(SpeakEvent.Key),
            checkSignature: true,
            checkSequence: true,
            SpeakEvent.Length,
            TimeProvider.System,
            _services.GetRequiredService<WeappMetrics>(),
            NullLogger.Instance);
        _ = Weapp();
        _ = HandWritten();
        var expected = SpeakEvent.Objects();
        foreach (var handler in (SpeakHandler[])[_handler, _byHand])
        {
            if ((handler.LastTunnelId, handler.Last) != expected)
                throw new InvalidOperationException("The event did not reach its method as it was sent.");
        }
    }

    /// <summary>Gives the services back.</summary>
    [GlobalCleanup]
    public void CleanUp() => _services.Dispose();

    /// <summary>The work that nobody can leave out: one hash over the event's bytes.</summary>
    [Benchmark(Baseline = true)]
    public int Sha1() => SHA1.HashData(_body, _hash);

    /// <summary>What Weapp's endpoint does once it has the body.</summary>
    [Benchmark]
    public bool Weapp()
    {
        var handled = _endpoint.HandleEventAsync(new ReadOnlySequence<byte>(_body), headers: default, CancellationToken.None);
        return handled.IsCompletedSuccessfully && handled.Result is null;
    }

    /// <summary>What a signature in headers costs, beside all that.</summary>
    [Benchmark]
    public bool Headers() => _signature.Check(_headers, DateTimeOffset.UnixEpoch, _body) is null;

    /// <summary>The same by hand.</summary>
    [Benchmark]
    public bool HandWritten() => _handWritten.Handle(_body);
}
