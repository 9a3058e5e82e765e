using static Microsoft.Playwright.Assertions;

namespace Weapp.IntegrationTests.Browser;

/// <summary>What the page may load: its own files, and nothing a stranger slipped in.</summary>
public sealed class ContentPolicyTests(Chromium chromium) : BrowserTest(chromium)
{
    [Theory]
    [InlineData("Object.assign(new Image(), { src: 'https://elsewhere.example/face.png' })", "img-src")]
    [InlineData("Object.assign(document.createElement('script'), { src: 'https://elsewhere.example/s.js' })", "script-src")]
    [InlineData("Object.assign(document.createElement('script'), { text: 'document.title = \"broken\"' })", "script-src")]
    public async Task The_browser_refuses_what_does_not_belong_to_the_page(string element, string directive)
    {
        var tab = await JoinAsync("三木");
        var refused = $"""
            new Promise(resolve => document.addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective), {"{"} once: true {"}"}))
            """;
        tab.ExpectComplaint(complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));

        var violated = await tab.Page.EvaluateAsync<string>($"(() => {{ const refused = {refused}; document.body.append({element}); return refused; }})()");

        Assert.StartsWith(directive, violated, StringComparison.Ordinal);
        await Expect(tab.Page).ToHaveTitleAsync("聊天室");
        Assert.Contains(tab.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
    }
}
