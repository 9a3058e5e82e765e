using System.Net;
using Weapp.SessionServer.Tests.Support;

namespace Weapp.SessionServer.Tests;

/// <summary>Phones that are in a hurry, leave, or try things.</summary>
public sealed class LoginUnderStressTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fifty_logins_with_one_code_give_one_session()
    {
        await using var app = await Apps.EmbeddedAsync(_folder);
        var login = await Phone.AskWeChatAsync(app, "三木");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Phone.LoginAsync(app, login)));

        Assert.Single(answers, static answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(static answer => answer.Status != HttpStatusCode.OK), static answer => Assert.Equal("ERR_LOGIN_FAILED", answer.Error));
    }

    [Fact]
    public async Task A_phone_that_leaves_while_it_is_checked_is_no_error()
    {
        var asked = new SemaphoreSlim(0);
        await using var peer = await FakePeer.StartAsync(context => FakePeer.HangAsync(context, () => asked.Release()));
        await using var app = await Apps.RemoteAsync(peer.Address);

        // Disposing the app below fails the test if any of them was logged as an error.
        foreach (var path in Enumerable.Repeat("/user", 50).Append("/login"))
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Token);
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-WX-Skey", "s");
            request.Headers.Add("X-WX-Code", "c");
            var answer = app.Client.SendAsync(request, leaving.Token);
            await asked.WaitAsync(Token);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        }
    }

    [Theory]
    [InlineData("'OR'1'='1'--")]
    [InlineData("\";DROP/**/TABLE/**/sessions;--")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("%00%1b[31m")]
    [InlineData("{\"a\":1}")]
    public async Task What_looks_like_an_attack_is_told_what_a_random_text_is(string text)
    {
        await using var app = await Apps.EmbeddedAsync(_folder);
        var session = await Phone.LogInAsync(app, app, "三木");

        var random = await Phone.GetAsync(app, "/user", new PhoneSession("random", "random"));
        Assert.Equal(random, await Phone.GetAsync(app, "/user", new PhoneSession(text, text)));
        Assert.Equal(random, await Phone.GetAsync(app, "/user", session with { Id = text }));
        Assert.Equal(random, await Phone.GetAsync(app, "/user", session with { Skey = text }));
        Assert.Equal(HttpStatusCode.BadRequest, (await Phone.GetAsync(app, "/login", ("X-WX-Code", text))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Phone.GetAsync(app, "/user", session)).Status);
    }
}
