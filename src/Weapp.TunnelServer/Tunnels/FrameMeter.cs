namespace Weapp.TunnelServer.Tunnels;

/// <summary>
/// Looks at the heads of a phone's frames as they pass: the WebSocket above tells neither of control frames nor of how many fragments a message has.
/// </summary>
internal struct FrameMeter(int maxFragments, int perSecond, int burst, TimeProvider time)
{
    private const int Continuation = 0;
    private const int Binary = 2;
    private const int Close = 8;
    private const int Pong = 10;
    private const int LongestControl = 125;
    private const int MaskLength = 4;

    // A frame rate as virtual scheduling has it: the time at which frames would be due if each took its interval.
    private readonly long _interval = Math.Max(1, time.TimestampFrequency / perSecond);
    private readonly long _tolerance = Math.Max(1, time.TimestampFrequency / perSecond) * (burst - 1);
    private long _due = time.GetTimestamp();

    // How far behind the clock frames may be due: for so long nobody read.
    private long _paused;

    private long _skip;
    private long _length;
    private int _fragments;
    private Part _part;
    private byte _first;
    private byte _lengthBytes;
    private bool _isInMessage;

    private enum Part : byte
    {
        First,
        Second,
        Length,
    }

    private readonly int Opcode => _first & 0x0F;

    private readonly bool IsLast => (_first & 0x80) != 0;

    /// <summary>Takes the next bytes and returns how many of them may go on: all, or those before the first that breaks a rule.</summary>
    public int Take(ReadOnlySpan<byte> bytes, out TunnelEnd? broken)
    {
        broken = null;
        var taken = 0;
        while (taken < bytes.Length)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, bytes.Length - taken);
                _skip -= skipped;
                taken += skipped;
                continue;
            }

            broken = TakeHead(bytes[taken]);
            if (broken is not null)
                return taken;
            taken++;
        }

        return taken;
    }

    /// <summary>Nothing was read for so many ticks of the clock, so what the phone sent meanwhile comes all at once.</summary>
    public void Pause(long ticks) => _paused += ticks;

    private TunnelEnd? TakeHead(byte next)
    {
        switch (_part)
        {
            case Part.First:
                _first = next;
                _part = Part.Second;
                return null;
            case Part.Second when !IsAllowed(isMasked: (next & 0x80) != 0, length: next & 0x7F):
                return TunnelEnd.ProtocolError;
            case Part.Second:
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
            return null;
        if (_length < 0)
            return TunnelEnd.ProtocolError;

        // The mask is of no interest either.
        _part = Part.First;
        _skip = Math.Min(_length, long.MaxValue - MaskLength) + MaskLength;
        return Count() ? null : TunnelEnd.TooManyFrames;
    }

    // RFC 6455 section 5.2. The WebSocket looks at all this too, but late for a short frame without mask, and its close code is often overtaken by a reset.
    private readonly bool IsAllowed(bool isMasked, int length) =>
        isMasked && (_first & 0x70) == 0 && Opcode switch
        {
            Continuation => _isInMessage,
            <= Binary => !_isInMessage,
            >= Close and <= Pong => IsLast && length <= LongestControl,
            _ => false,
        };

    private bool Count()
    {
        if (Opcode <= Binary)
        {
            _fragments = Opcode == Continuation ? _fragments + 1 : 1;
            _isInMessage = !IsLast;
            if (_fragments > maxFragments)
                return false;
            if (_isInMessage)
                return true;
        }

        var now = time.GetTimestamp();
        if (_due - now > _tolerance)
            return false;
        _due = Math.Max(_due, now - _paused) + _interval;
        if (_due >= now)
            _paused = 0;
        return true;
    }
}
