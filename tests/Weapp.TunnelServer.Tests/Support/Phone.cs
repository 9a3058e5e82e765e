using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>A WebSocket frame from the server.</summary>
public sealed record Frame(int Opcode, byte[] Payload)
{
    public const int Continuation = 0, TextOpcode = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    public string Text => Encoding.UTF8.GetString(Payload);

    public int? CloseCode => Opcode == Close && Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : null;
}

/// <summary>A phone on a raw socket, so that every frame and close code can be seen, and every wrong byte sent.</summary>
public sealed class Phone : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly byte[] _head = new byte[14];

    private Phone(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>The server's answer to the handshake, up to the empty line.</summary>
    public string Handshake { get; private set; } = "";

    public int Status => int.Parse(Handshake.AsSpan(9, 3), provider: null);

    /// <summary>Connects and reads the first frame, which must be the one with the interval.</summary>
    public static async Task<Phone> ConnectAsync(string connectUrl, int? receiveBuffer = null)
    {
        var phone = await TryConnectAsync(connectUrl, receiveBuffer: receiveBuffer);
        Assert.Equal(101, phone.Status);
        Assert.StartsWith("timeout:", await phone.ReadTextAsync(), StringComparison.Ordinal);
        return phone;
    }

    /// <summary>Sends the handshake and whatever is to come in the same segment; <see cref="Status"/> says how it went.</summary>
    public static async Task<Phone> TryConnectAsync(string connectUrl, string extraHeaders = "", byte[]? sameSegment = null, int? receiveBuffer = null)
    {
        var socket = NewSocket();
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        return await TryConnectAsync(connectUrl, socket, IPAddress.Loopback, extraHeaders, sameSegment);
    }

    /// <summary>Connects through a socket from elsewhere.</summary>
    public static Task<Phone> TryConnectAsync(string connectUrl, Socket socket, IPAddress server, string extraHeaders = "", byte[]? sameSegment = null)
    {
        var uri = new Uri(connectUrl);
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var request = $"GET {uri.PathAndQuery} HTTP/1.1\r\nHost: {uri.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{extraHeaders}\r\n";
        return ShakeAsync(socket, new IPEndPoint(server, uri.Port), [.. Encoding.ASCII.GetBytes(request), .. sameSegment ?? []]);
    }

    /// <summary>Sends any request, and reads the head of the answer.</summary>
    public static Task<Phone> ShakeAsync(int port, string request) =>
        ShakeAsync(NewSocket(), new IPEndPoint(IPAddress.Loopback, port), Encoding.ASCII.GetBytes(request));

    public Task SendAsync(string text) => SendAsync(Frame.TextOpcode, Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(int opcode, byte[] payload, bool fin = true) => await SendBytesAsync(Encode(opcode, payload, fin));

    public async Task SendBytesAsync(byte[] bytes) => await _stream.WriteAsync(bytes).AsTask().WaitAsync(Deadline);

    public Task SendMessageAsync(string json) => SendAsync("message:" + json);

    /// <summary>The next frame; null when the connection has ended.</summary>
    public async Task<Frame?> ReadAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await _stream.ReadExactlyAsync(_head.AsMemory(0, 2), deadline.Token);
            Assert.Equal(0x80, _head[0] & 0xF0);
            Assert.Equal(0, _head[1] & 0x80);
            long length = _head[1];
            if (length == 126)
            {
                await _stream.ReadExactlyAsync(_head.AsMemory(2, 2), deadline.Token);
                length = BinaryPrimitives.ReadUInt16BigEndian(_head.AsSpan(2));
            }
            else if (length == 127)
            {
                await _stream.ReadExactlyAsync(_head.AsMemory(2, 8), deadline.Token);
                length = BinaryPrimitives.ReadInt64BigEndian(_head.AsSpan(2));
            }

            var payload = new byte[length];
            var opcode = _head[0] & 0xF;
            await _stream.ReadExactlyAsync(payload, deadline.Token);
            var frame = new Frame(opcode, payload);

            // The official client throws on anything else.
            if (opcode == Frame.TextOpcode)
                Assert.Matches(@"(?s)^(pong|close|timeout:[0-9.]+|message:\{.*\}\s*)\z", frame.Text);
            return frame;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async Task<string> ReadTextAsync()
    {
        var frame = await ReadAsync();
        Assert.NotNull(frame);
        Assert.Equal(Frame.TextOpcode, frame.Opcode);
        return frame.Text;
    }

    /// <summary>Sends <c>ping</c> and reads <c>pong</c>: what was sent before has been read by the server.</summary>
    public async Task PingAsync()
    {
        await SendAsync("ping");
        Assert.Equal("pong", await ReadTextAsync());
    }

    /// <summary>Reads to the close frame; answers it as a client must, and returns its code with the texts before it. Null: the connection just ended.</summary>
    public async Task<(int? Code, List<string> Texts)> ReadToEndAsync()
    {
        List<string> texts = [];
        while (await ReadAsync() is { } frame)
        {
            if (frame.Opcode == Frame.Close)
            {
                await AnswerCloseAsync(frame.Payload);
                return (frame.CloseCode, texts);
            }

            texts.Add(frame.Text);
        }

        return (null, texts);
    }

    /// <summary>The close code that ends the connection, with no text before it.</summary>
    public async Task<int?> ReadCloseCodeAsync()
    {
        var (code, texts) = await ReadToEndAsync();
        Assert.Empty(texts);
        return code;
    }

    /// <summary>Drops the connection with a TCP reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    public static byte[] Encode(int opcode, byte[] payload, bool fin = true)
    {
        var mask = RandomNumberGenerator.GetBytes(4);
        var head = new List<byte> { (byte)((fin ? 0x80 : 0) | opcode) };
        if (payload.Length < 126)
        {
            head.Add((byte)(0x80 | payload.Length));
        }
        else
        {
            var wide = payload.Length > ushort.MaxValue;
            head.Add((byte)(0x80 | (wide ? 127 : 126)));
            for (var shift = wide ? 56 : 8; shift >= 0; shift -= 8)
                head.Add((byte)((long)payload.Length >> shift));
        }

        return [.. head, .. mask, .. payload.Select((b, i) => (byte)(b ^ mask[i % 4]))];
    }

    private async Task AnswerCloseAsync(byte[] payload)
    {
        try
        {
            await SendAsync(Frame.Close, payload);
        }
        catch (IOException)
        {
            // The server has gone already.
        }
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static async Task<Phone> ShakeAsync(Socket socket, IPEndPoint server, byte[] request)
    {
        await socket.ConnectAsync(server);
        var phone = new Phone(socket);
        await phone.SendBytesAsync(request);
        await phone.ReadHandshakeAsync();
        return phone;
    }

    private async Task ReadHandshakeAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var bytes = new List<byte>();
        var one = new byte[1];
        while (!(bytes.Count >= 4 && bytes[^1] == '\n' && bytes[^3] == '\n'))
        {
            await _stream.ReadExactlyAsync(one, deadline.Token);
            bytes.Add(one[0]);
        }

        Handshake = Encoding.ASCII.GetString([.. bytes]);
    }
}
