namespace Weapp.TunnelServer.Tunnels;

/// <summary>
/// Counts a phone's frames on the bytes of its connection: the WebSocket above tells neither of control frames nor of how many fragments a message has.
/// </summary>
internal struct FrameMeter(int maxFragments, int perSecond, int burst, TimeProvider time)
{
    private const int Close = 8;

    // A frame rate as virtual scheduling has it: the time at which frames would be due if each took its interval.
    private readonly long _interval = Math.Max(1, time.TimestampFrequency / perSecond);
    private readonly long _tolerance = Math.Max(1, time.TimestampFrequency / perSecond) * (burst - 1);
    private long _due = time.GetTimestamp();

    private long _skip;
    private long _length;
    private int _fragments;
    private Part _part;
    private byte _first;
    private byte _lengthBytes;
    private bool _masked;

    private enum Part : byte
    {
        First,
        Second,
        Length,
    }

    /// <summary>Whether the phone's close frame has begun.</summary>
    public bool HasClosed { get; private set; }

    /// <summary>Takes the next bytes; false when a limit is passed.</summary>
    public bool Take(ReadOnlySpan<byte> bytes)
    {
        var within = true;
        while (!bytes.IsEmpty)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            if (TakeHead(bytes[0]))
                within &= Count();
            bytes = bytes[1..];
        }

        return within;
    }

    // True with the last byte of a frame's head; what follows it, the mask included, is of no interest.
    private bool TakeHead(byte next)
    {
        switch (_part)
        {
            case Part.First:
                _first = next;
                _part = Part.Second;
                return false;
            case Part.Second:
                _masked = (next & 0x80) != 0;
                _length = next & 0x7F;
                _lengthBytes = _length switch { 126 => 2, 127 => 8, _ => 0 };
                if (_lengthBytes > 0)
                    (_length, _part) = (0, Part.Length);
                break;
            default:
                _length = (_length << 8) | next;
                _lengthBytes--;
                break;
        }

        if (_lengthBytes > 0)
            return false;
        _part = Part.First;
        _skip = (_length & long.MaxValue) + (_masked ? 4 : 0);
        return true;
    }

    private bool Count()
    {
        var opcode = _first & 0x0F;
        var isLast = (_first & 0x80) != 0;
        HasClosed |= opcode == Close;
        if (opcode < Close)
        {
            _fragments = opcode == 0 ? _fragments + 1 : 1;
            if (_fragments > maxFragments)
                return false;
            if (!isLast)
                return true;
        }

        var now = time.GetTimestamp();
        if (_due - now > _tolerance)
            return false;
        _due = Math.Max(_due, now) + _interval;
        return true;
    }
}
