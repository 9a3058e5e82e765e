using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Weapp.Protocol.Packets;

namespace Weapp;

/// <summary>One event on its way to a handler, for generated code.</summary>
/// <remarks>
/// The object is used again for later events, and its bytes are pooled: generated code reads what it needs before the handler's method returns its task.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TunnelEvent
{
    [ThreadStatic]
    private static TunnelEvent? _free;

    private ReadOnlyMemory<byte> _type;
    private ReadOnlyMemory<byte> _content;
    private ContentKind _contentKind;
    private TimeSpan _patience;
    private TimeProvider _time = TimeProvider.System;
    private CancellationTokenSource? _deadline;

    internal TunnelEvent()
    {
    }

    /// <summary>What happened.</summary>
    public TunnelEventKind Kind { get; private set; }

    /// <summary>The tunnel.</summary>
    public string TunnelId { get; private set; } = "";

    /// <summary>A message's type as UTF-8.</summary>
    public ReadOnlySpan<byte> MessageType => _type.Span;

    /// <summary>The user whose tunnel it is, where known.</summary>
    public UserInfo? User { get; private set; }

    /// <summary>The event's services.</summary>
    public IServiceProvider Services { get; private set; } = null!;

    /// <summary>Cancelled when the handler's time is up. Its timer exists only where a method asks for the token.</summary>
    public CancellationToken CancellationToken => (_deadline ??= new CancellationTokenSource(_patience, _time)).Token;

    /// <summary>What became of the event, as far as it did not reach a method.</summary>
    internal TunnelEventOutcome Outcome { get; private set; }

    /// <summary>Where in the content, or in which parameter, the misfit is; never the value.</summary>
    internal string? MisfitPath { get; private set; }

    /// <summary>Reads a content that must be there: false, with the reason noted, when it is absent, null or does not fit.</summary>
    /// <typeparam name="T">The content's type.</typeparam>
    /// <param name="format">How it is read.</param>
    /// <param name="content">The content.</param>
    public bool TryReadContent<T>(ContentFormat<T> format, [NotNullWhen(true)] out T? content)
        where T : notnull
    {
        if (!TryReadOptionalContent(format, out content))
            return false;
        if (content is not null && _contentKind != ContentKind.None)
            return true;
        Misfit("$");
        return false;
    }

    /// <summary>Reads a content that may be absent or null: false, with the reason noted, when it is there and does not fit.</summary>
    /// <typeparam name="T">The content's type.</typeparam>
    /// <param name="format">How it is read.</param>
    /// <param name="content">The content, or null.</param>
    public bool TryReadOptionalContent<T>(ContentFormat<T> format, out T? content)
    {
        ArgumentNullException.ThrowIfNull(format);
        content = default;
        if (_contentKind == ContentKind.None)
            return true;
        if (format.TryRead(ContentJson().Span, out content, out var misfitPath))
            return true;
        Misfit(misfitPath);
        return false;
    }

    /// <summary>The content as JSON; undefined where there is none. Raw text is a JSON string.</summary>
    public JsonElement ReadElement()
    {
        if (_contentKind == ContentKind.None)
            return default;
        var reader = new Utf8JsonReader(ContentJson().Span);
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>The message's type as a string.</summary>
    public string ReadMessageType() => Encoding.UTF8.GetString(MessageType);

    /// <summary>The user for a method that needs one: false, with the reason noted, when no user is known.</summary>
    /// <param name="user">The user.</param>
    public bool TryGetUser([NotNullWhen(true)] out UserInfo? user)
    {
        user = User;
        if (user is not null)
            return true;
        Outcome = TunnelEventOutcome.NoUser;
        return false;
    }

    /// <summary>The context for a method that takes one.</summary>
    public TunnelContext CreateContext() =>
        new(TunnelId, Kind, Kind == TunnelEventKind.Message ? ReadMessageType() : null, User, Services, CancellationToken);

    /// <summary>Notes that no method takes the event.</summary>
    public void MarkUnhandled() => Outcome = TunnelEventOutcome.Unhandled;

    /// <summary>An event of this thread: dispatching is synchronous, so one is nearly always enough.</summary>
    internal static TunnelEvent Rent()
    {
        var e = _free ?? new TunnelEvent();
        _free = null;
        return e;
    }

    internal void Return()
    {
        Set("", TunnelEventKind.Close, default, null, null!, default, TimeProvider.System);
        _free = this;
    }

    internal void Set(
        string tunnelId, TunnelEventKind kind, MessageText message, UserInfo? user, IServiceProvider services, TimeSpan patience, TimeProvider time)
    {
        TunnelId = tunnelId;
        Kind = kind;
        User = user;
        Services = services;
        Outcome = TunnelEventOutcome.Handled;
        MisfitPath = null;
        _type = message.Type;
        _content = message.Content;
        _contentKind = message.Kind;
        _patience = patience;
        _time = time;
        _deadline = null;
    }

    /// <summary>The deadline behind <see cref="CancellationToken"/>, to be disposed when the handler has ended; null where nobody asked for it.</summary>
    internal CancellationTokenSource? TakeDeadline() => _deadline;

    private void Misfit(string path)
    {
        Outcome = TunnelEventOutcome.BadContent;
        MisfitPath = path;
    }

    private ReadOnlyMemory<byte> ContentJson() => _contentKind == ContentKind.Text
        ? (byte[])[(byte)'"', .. JsonEncodedText.Encode(_content.Span).EncodedUtf8Bytes, (byte)'"']
        : _content;
}
