using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weapp.Protocol.Packets;
using Weapp.Runtime.Tests.Support;

namespace Weapp.Runtime.Tests;

/// <summary>From a packet to the right method with the right arguments.</summary>
public sealed class DispatchTests
{
    [Fact]
    public async Task Contents_reach_their_methods_with_their_types()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>();

        await app.SayAsync("t1", "speak", """{"word":"你好 \"quoted\" 😀"}""");
        await app.SayAsync("t1", "count", "42");
        await app.SayAsync("t1", "maybe", """{"WORD":"any case","more":[1]}""");
        await app.SayAsync("t1", "你好", "null");

        Assert.Equal(["speak t1 你好 \"quoted\" 😀", "count t1 42", "maybe t1 any case", "你好 t1"], app.Journal.All);
    }

    [Theory]
    [InlineData("""{"type":"maybe"}""")]
    [InlineData("""{"type":"maybe","content":null}""")]
    public async Task A_content_that_may_be_missing_may_be_missing(string message)
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>();

        Assert.Equal(ChatApp.Ok, (await app.PostAsync("t1", PacketType.Message, message)).Text);
        Assert.Equal(["maybe t1 (nothing)"], app.Journal.All);
    }

    [Theory]
    [InlineData("""{"type":"speak"}""", "speak", "$")]
    [InlineData("""{"type":"speak","content":null}""", "speak", "$")]
    [InlineData("""{"type":"speak","content":"top secret"}""", "speak", "$")]
    [InlineData("""{"type":"speak","content":{"word":["top secret"]}}""", "speak", "$.word")]
    [InlineData("""{"type":"maybe","content":["top secret"]}""", "maybe", "$")]
    [InlineData("""{"type":"count"}""", "count", "$")]
    [InlineData("""{"type":"count","content":null}""", "count", "$")]
    [InlineData("""{"type":"count","content":1.5}""", "count", "$")]
    [InlineData("""{"type":"count","content":99999999999}""", "count", "$")]
    [InlineData("""{"type":"order","content":{"number":1,"lines":[{"count":1},{"count":"top secret"}]}}""", "order", "$.lines[1].count")]
    [InlineData("""{"type":"order","content":{"lines":[]}}""", "order", "$")]
    public async Task A_content_that_does_not_fit_is_logged_by_type_and_path_and_acknowledged(string message, string type, string path)
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(endpoint: static options => options.ReportHandlerFailure = true);
        app.Server.Secret("top secret");

        Assert.Equal(ChatApp.Ok, (await app.PostAsync("t1", PacketType.Message, message)).Text);

        Assert.Empty(app.Journal.All);
        var line = Assert.Single(app.Server.Logs.Lines, static line => line.EventId == 103);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains($"of type {type} does not fit its method at {path}, tunnel t1", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_phones_send_stays_short_and_on_its_line_in_the_log()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>();
        const string Tunnel = "tunnel-0123456789";
        string[] types = ["a\r\nfake: line", "\u001b[31mred", "right \u202E to left", "line\u2028end", "😀", new('x', 60_000)];
        foreach (var type in types)
            await app.PostAsync(Tunnel, PacketType.Message, JsonSerializer.Serialize(new { type }));
        await app.SayAsync(Tunnel, "count", "1.5");

        var lines = app.Server.Logs.Lines.Where(static line => line.EventId.Id is 103 or 105 && line.Category == "Weapp.Dispatch").Select(static line => line.Text).ToList();
        Assert.Equal(types.Length + 1, lines.Count);
        Assert.All(lines, static line => Assert.InRange(line.Length, 1, 256));
        Assert.DoesNotContain(lines, static line => line.Any(static c => char.IsControl(c) || c is '\u202E' or '\u2028'));
        Assert.Contains(lines, static line => line.Contains("type 😀.", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("tunnel tunnel…", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tunnel_whose_phone_sends_contents_that_do_not_fit_is_closed_where_the_app_asks_for_it()
    {
        await using var tunnels = await FakeTunnelServer.StartAsync();
        await using var app = await ChatApp.StartAsync<ChattyHandler>(tunnels.Serve, static endpoint => endpoint.OnBadContent = TunnelBadContent.CloseTunnel);

        Assert.Equal(ChatApp.Ok, (await app.SayAsync("t1", "count", "42")).Text);
        Assert.Empty(tunnels.Calls);
        Assert.Equal(ChatApp.Ok, (await app.SayAsync("t1", "count", "\"many\"")).Text);

        var packet = Assert.Single(tunnels.Calls).Packet;
        Assert.Equal("close t1", $"{packet.GetProperty("type")} {packet.GetProperty("tunnelIds")[0]}");
    }

    [Fact]
    public async Task Messages_and_events_that_no_method_takes_are_acknowledged()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>();

        Assert.Equal(ChatApp.Ok, (await app.SayAsync("t1", "SPEAK", "{}")).Text);
        Assert.Equal(ChatApp.Ok, (await app.PostAsync("t1", PacketType.Message, "raw")).Text);
        Assert.Equal(ChatApp.Ok, (await app.PostAsync("t1", PacketType.Close)).Text);

        Assert.Empty(app.Journal.All);
        Assert.Contains(app.Server.Logs.Lines, static line => line.EventId == 105 && line.Text.Contains("SPEAK", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("\"\\ \n\u0001 <你好> 😀")]
    [InlineData("[1,2]")]
    public async Task Raw_text_reaches_the_untyped_method_byte_for_byte(string text)
    {
        await using var app = await ChatApp.StartAsync<RecordingHandler>();

        await app.PostAsync("t1", PacketType.Message, text);

        Assert.Equal([$"message t1 UnknownRaw {JsonSerializer.Serialize(text)}"], app.Journal.All);
    }

    [Fact]
    public async Task A_context_tells_tunnel_event_type_and_user()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(endpoint: static options => options.CheckLogin = true);
        var tunnelId = (await app.GetAsync("o-1")).Json.GetProperty("data").GetProperty("tunnelId").GetString()!;

        await app.PostAsync(tunnelId, PacketType.Connect);
        await app.SayAsync(tunnelId, "poke", "1");
        await app.SayAsync("t-unknown", "poke", "1");

        Assert.Equal([$"Connect {tunnelId} no type o-1", $"Message {tunnelId} poke o-1", "Message t-unknown poke nobody"], app.Journal.All);
    }

    [Fact]
    public async Task A_method_that_needs_a_user_is_called_only_with_one()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(endpoint: static options => options.CheckLogin = true);
        var tunnelId = (await app.GetAsync("o-1")).Json.GetProperty("data").GetProperty("tunnelId").GetString()!;

        Assert.Equal(ChatApp.Ok, (await app.SayAsync("t-unknown", "who", "1")).Text);
        Assert.Contains(app.Server.Logs.Lines, static line => line is { EventId.Id: 104, Level: LogLevel.Warning });
        await app.SayAsync(tunnelId, "who", "1");

        Assert.Equal([$"who {tunnelId} o-1"], app.Journal.All);
    }

    [Fact]
    public async Task Each_event_has_a_scope_that_ends_before_the_answer()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(
            configure: static builder => builder.Services.AddScoped<EventScope>());

        await app.SayAsync("t1", "scope", "1");
        await app.SayAsync("t1", "scope", "1");

        var entries = app.Journal.All.ToArray();
        Assert.Equal(4, entries.Length);
        Assert.StartsWith("scope shared ", entries[0], StringComparison.Ordinal);
        Assert.Equal("scope ends", entries[1]);
        Assert.StartsWith("scope shared ", entries[2], StringComparison.Ordinal);
        Assert.Equal("scope ends", entries[3]);
        Assert.NotEqual(entries[0], entries[2]);
    }

    [Fact]
    public async Task A_singleton_handler_has_the_apps_own_services()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(
            lifetime: ServiceLifetime.Singleton,
            configure: static builder => builder.Services.AddSingleton<EventScope>());

        await app.SayAsync("t1", "scope", "1");
        await app.SayAsync("t1", "scope", "1");

        Assert.Equal([$"scope shared {app.Server.Service<EventScope>().Id}", $"scope shared {app.Server.Service<EventScope>().Id}"], app.Journal.All);
        Assert.Same(app.Server.Service<ChattyHandler>(), app.Server.Service<ChattyHandler>());
    }

    [Fact]
    public async Task The_apps_JSON_options_read_contents()
    {
        await using var app = await ChatApp.StartAsync<ChattyHandler>(configure: static builder => builder.Services.ConfigureHttpJsonOptions(
            static options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper));

        await app.SayAsync("t1", "order", """{"NUMBER":1,"LINES":[{"COUNT":7}]}""");

        Assert.Equal(["order t1 7"], app.Journal.All);
    }
}
