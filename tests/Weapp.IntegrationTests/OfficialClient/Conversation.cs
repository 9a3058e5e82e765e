using System.Globalization;
using System.Text.Json;
using Weapp.IntegrationTests.Systems;
using Weapp.TestKit;

namespace Weapp.IntegrationTests.OfficialClient;

/// <summary>What people with the official client must be able to do, wherever the app and its servers run.</summary>
public abstract class Conversation : IAsyncLifetime
{
    private const string Hard = "大家好啊 \"quoted\" \\ back\n😀 </script> \u2028";
    private readonly List<ChatSystem> _systems = [];
    private readonly List<OfficialPhones> _phones = [];

    /// <summary>The test's token.</summary>
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join("\n\n", _systems.Select(system => system.Tail())));
        foreach (var phones in _phones)
            await phones.DisposeAsync();
        foreach (var system in _systems)
            await system.DisposeAsync();
    }

    [Fact]
    public async Task A_phone_logs_in_and_the_app_knows_its_user()
    {
        var phone = await (await StartAsync())("三木");

        var profile = await phone.LoginAsync(Token);
        var response = await phone.RequestAsync("/user", Token);

        Assert.Equal("三木", profile.GetProperty("nickName").GetString());
        Assert.Equal(200, response.StatusCode);
        var user = response.Data.GetProperty("data").GetProperty("userInfo");
        Assert.Equal("三木", user.GetProperty("nickName").GetString());
        Assert.NotEqual("", user.GetProperty("openId").GetString());
    }

    [Fact]
    public async Task Two_people_are_two_users_and_one_person_stays_the_same_user()
    {
        var add = await StartAsync();
        var first = await OpenIdOfAsync(await add("三木"));
        var again = await add("四木");

        var second = await OpenIdOfAsync(again);
        await again.SpoilSessionAsync(Token);
        var secondAgain = await OpenIdOfAsync(again);

        Assert.NotEqual(first, second);
        Assert.Equal(second, secondAgain);
    }

    [Fact]
    public async Task A_phone_whose_session_is_unknown_logs_in_again_by_itself()
    {
        var phone = await (await StartAsync())("三木");
        await phone.LoginAsync(Token);
        await phone.SpoilSessionAsync(Token);

        var response = await phone.RequestAsync("/user", Token);

        Assert.Equal("三木", response.Data.GetProperty("data").GetProperty("userInfo").GetProperty("nickName").GetString());
        Assert.Equal(2, phone.WeChatLogins);
    }

    [Fact]
    public async Task A_phone_without_a_session_is_refused()
    {
        var phone = await (await StartAsync())("三木");

        var refusal = await Assert.ThrowsAsync<PhoneException>(() => phone.RequestAsync("/user", Token));

        Assert.Equal("ERR_CHECK_LOGIN_FAILED", refusal.Type);
    }

    [Fact]
    public async Task A_phone_without_a_session_gets_no_tunnel()
    {
        var phone = await (await StartAsync())("三木");

        await phone.OpenAsync(Token);
        var error = await phone.WaitForAsync("error", Token);

        Assert.Equal(1001, error.Value.GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Everyone_hears_who_enters_and_who_leaves()
    {
        var add = await StartAsync();
        var first = await add("三木");
        var second = await add("四木");

        var alone = await EnterAsync(first);
        var together = await EnterAsync(second);
        var seen = await first.HearAsync("people", content => Names(content, "enter", second), Token);
        await second.CloseAsync(Token);
        await second.WaitForAsync("close", Token);
        var left = await first.HearAsync("people", content => Names(content, "leave", second), Token);

        Assert.Equal(1, Total(alone));
        Assert.Equal(2, Total(together));
        Assert.Equal(2, Total(seen));
        Assert.Equal(1, Total(left));
    }

    [Fact]
    public async Task What_one_says_everyone_hears_unchanged()
    {
        var add = await StartAsync();
        var speaker = await add("三木");
        var listener = await add("四木");
        await EnterAsync(speaker);
        await EnterAsync(listener);

        await SpeakAsync(speaker, Hard);

        foreach (var phone in new[] { speaker, listener })
        {
            var heard = await phone.HearAsync("speak", Token);
            Assert.Equal(Hard, heard.Content.GetProperty("word").GetString());
            Assert.Equal("三木", heard.Content.GetProperty("who").GetProperty("nickName").GetString());
        }
    }

    [Fact]
    public async Task Words_said_before_the_tunnel_is_open_are_heard_once_it_is()
    {
        var phone = await (await StartAsync())("三木");
        await phone.LoginAsync(Token);

        await phone.OpenAsync(Token);
        await SpeakAsync(phone, "早");

        var heard = await phone.HearAsync("speak", Token);
        Assert.Equal("早", heard.Content.GetProperty("word").GetString());
    }

    [Fact]
    public Task A_phone_whose_network_is_cut_comes_back_and_talks_on() => ComesBackAsync(phone => phone.KillSocketAsync(Token));

    [Fact]
    public Task A_phone_back_from_the_background_talks_on() => ComesBackAsync(phone => phone.GoToBackgroundAsync(Token));

    [Fact]
    public async Task A_phone_that_closed_its_tunnel_can_open_another()
    {
        var phone = await (await StartAsync())("三木");
        await EnterAsync(phone);
        await phone.CloseAsync(Token);
        await phone.WaitForAsync("close", Token);

        await phone.OpenAsync(Token);
        await phone.WaitForAsync("connect", Token);
        await SpeakAsync(phone, "又是我");

        var heard = await phone.HearAsync("speak", Token);
        Assert.Equal("又是我", heard.Content.GetProperty("word").GetString());
    }

    [Fact]
    public async Task The_ping_interval_comes_first_and_once_and_every_ping_gets_a_pong()
    {
        var phone = await (await StartAsync("--TunnelServer:PingInterval=00:00:02"))("三木");
        await phone.LoginAsync(Token);
        await phone.OpenAsync(Token);

        var frames = new List<string>();
        while (frames.Count(frame => frame == "pong") < 3)
            frames.Add(await phone.NextFrameAsync(Token));

        Assert.Equal("timeout:2", frames[0]);
        Assert.Single(frames, frame => frame.StartsWith("timeout", StringComparison.Ordinal));
    }

    /// <summary>One of twenty people says a hundred things without waiting.</summary>
    /// <returns>What was said, and what each of the twenty heard.</returns>
    protected async Task<(IReadOnlyList<string> Said, IReadOnlyList<IReadOnlyList<string>> Heard)> TalkAsync()
    {
        var add = await StartAsync();
        var phones = await Task.WhenAll(Enumerable.Range(1, 20).Select(number => add($"phone {number}")));
        await Task.WhenAll(phones.Select(EnterAsync));
        var said = Enumerable.Range(101, 100).Select(number => number.ToString(CultureInfo.InvariantCulture)).ToArray();

        foreach (var word in said)
            await SpeakAsync(phones[0], word);
        return (said, await Task.WhenAll(phones.Select(phone => HearAsync(phone, said.Length))));
    }

    /// <summary>Starts the app and its servers.</summary>
    private protected abstract Task<ChatSystem> StartSystemAsync(string[] tunnelServer);

    /// <summary>Starts the app, its servers and a process for phones.</summary>
    /// <returns>What adds a phone.</returns>
    protected async Task<Func<string, Task<OfficialPhone>>> StartAsync(params string[] tunnelServer)
    {
        var phones = OfficialPhones.Start();
        _phones.Add(phones);
        var system = await StartSystemAsync(tunnelServer);
        _systems.Add(system);
        return nickname => phones.AddAsync(nickname, system.App, system.WeChat, Token);
    }

    /// <summary>Logs in, opens the tunnel and waits until the app says that the phone is there.</summary>
    protected static async Task<PhoneEvent> EnterAsync(OfficialPhone phone)
    {
        ArgumentNullException.ThrowIfNull(phone);
        await phone.LoginAsync(Token);
        await phone.OpenAsync(Token);
        await phone.WaitForAsync("connect", Token);
        return await phone.HearAsync("people", content => Names(content, "enter", phone), Token);
    }

    protected static Task SpeakAsync(OfficialPhone phone, string word)
    {
        ArgumentNullException.ThrowIfNull(phone);
        return phone.EmitAsync("speak", new { word }, Token);
    }

    private static async Task<IReadOnlyList<string>> HearAsync(OfficialPhone phone, int count)
    {
        var words = new List<string>();
        while (words.Count < count)
            words.Add((await phone.HearAsync("speak", Token)).Content.GetProperty("word").GetString()!);
        return words;
    }

    private static async Task<string?> OpenIdOfAsync(OfficialPhone phone)
    {
        await phone.LoginAsync(Token);
        var response = await phone.RequestAsync("/user", Token);
        return response.Data.GetProperty("data").GetProperty("userInfo").GetProperty("openId").GetString();
    }

    private static int Total(PhoneEvent people) => people.Content.GetProperty("total").GetInt32();

    private static bool Names(JsonElement people, string member, OfficialPhone phone) =>
        people.TryGetProperty(member, out var user) && user.ValueKind == JsonValueKind.Object && user.GetProperty("nickName").GetString() == phone.Nickname;

    private async Task ComesBackAsync(Func<OfficialPhone, Task> interrupt)
    {
        var add = await StartAsync();
        var traveller = await add("三木");
        var other = await add("四木");
        await EnterAsync(traveller);
        await EnterAsync(other);

        await interrupt(traveller);
        await traveller.WaitForAsync("reconnecting", Token);
        await other.HearAsync("people", content => Names(content, "leave", traveller), Token);
        await traveller.WaitForAsync("reconnect", Token);
        await other.HearAsync("people", content => Names(content, "enter", traveller), Token);
        await SpeakAsync(traveller, "我回来了");
        Assert.Equal("我回来了", (await other.HearAsync("speak", Token)).Content.GetProperty("word").GetString());
        await SpeakAsync(other, "欢迎");

        // Each once: a second tunnel of the same phone would hear things twice.
        Assert.Equal("我回来了", (await traveller.HearAsync("speak", Token)).Content.GetProperty("word").GetString());
        Assert.Equal("欢迎", (await traveller.HearAsync("speak", Token)).Content.GetProperty("word").GetString());
        Assert.Equal("欢迎", (await other.HearAsync("speak", Token)).Content.GetProperty("word").GetString());
    }
}
