using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Weapp.IntegrationTests.Browser;

/// <summary>The page on a small screen, under a finger.</summary>
public sealed class PhoneTests(Chromium chromium) : BrowserTest(chromium)
{
    /// <summary>The least height and width of what a finger can hit, in pixels.</summary>
    private const double Finger = 44;

    [Theory]
    [InlineData(390, 844, "zh-CN")]
    [InlineData(320, 568, "en-GB")]
    public async Task Everything_can_be_used_with_a_finger(int width, int height, string locale)
    {
        var tab = await OpenAsync(new BrowserNewContextOptions
        {
            Locale = locale,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            HasTouch = true,
            IsMobile = true,
        });
        await tab.Nickname.FillAsync("名字很长很长很长很长很长很长很长很长的人");
        await ExpectInReachAsync(tab.Nickname, tab.Join);

        await tab.Join.TapAsync();
        await tab.ExpectStateAsync("online");
        string[] words = ["大家好", new('w', 300), string.Concat(Enumerable.Repeat("很长的话", 60))];
        foreach (var word in words)
        {
            await tab.Word.FillAsync(word);
            await ExpectInReachAsync(tab.Leave, tab.Word, tab.Send);
            await tab.Send.TapAsync();
        }

        await tab.ExpectMessagesAsync([.. words.Select(word => ("名字很长很长很长很长很长很长很长很长的人", word, true))]);
        await Expect(tab.Messages.Last).ToBeInViewportAsync();
        await Expect(tab.Total).ToBeInViewportAsync(new() { Ratio = 1 });
        await tab.Leave.TapAsync();
        await Expect(tab.Join).ToBeVisibleAsync();

        async Task ExpectInReachAsync(params ILocator[] controls)
        {
            foreach (var control in controls)
            {
                await Expect(control).ToBeInViewportAsync(new() { Ratio = 1 });
                var box = (await control.BoundingBoxAsync())!;
                // A box that is laid out in fractions of a pixel comes as 43.99997.
                Assert.True(Math.Round(box.Height, 2) >= Finger && Math.Round(box.Width, 2) >= Finger, $"{control} is {box.Width}×{box.Height}");
            }

            // The list scrolls by itself, but never sideways.
            var sideways = await tab.Page.EvaluateAsync<int[]>("[document.documentElement, log].map(it => it.scrollWidth - it.clientWidth)");
            Assert.Equal([0, 0], sideways);
        }
    }
}
