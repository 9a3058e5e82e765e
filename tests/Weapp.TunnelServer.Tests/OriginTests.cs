using Weapp.TunnelServer.Tests.Support;

namespace Weapp.TunnelServer.Tests;

/// <summary>Which web pages and mini programs may connect.</summary>
public sealed class OriginTests
{
    private const string Page = "Origin: https://www.example.com\r\n";
    private const string EvilPage = "Origin: https://evil.example\r\n";
    private const string MiniProgram = "Referer: https://servicewechat.com/wx4f4bc4dec97d474b/12/page-frame.html\r\n";
    private const string OtherMiniProgram = "Referer: https://servicewechat.com/wx0000000000000000/12/page-frame.html\r\n";

    [Theory]
    [InlineData("")]
    [InlineData(EvilPage)]
    [InlineData(OtherMiniProgram)]
    public Task Without_options_everybody_may(string headers) => ConnectAsync(headers, 101);

    [Theory]
    [InlineData("", 101)]
    [InlineData(Page, 101)]
    [InlineData("Origin: HTTPS://WWW.EXAMPLE.COM\r\n", 101)]
    [InlineData("Origin: http://localhost:8080\r\n", 101)]
    [InlineData("Origin: https://xn--fsqu00a.xn--0zwm56d\r\n", 101)]
    [InlineData(MiniProgram, 101)]
    [InlineData(EvilPage, 403)]
    [InlineData("Origin: null\r\n", 403)]
    [InlineData("Origin: http://www.example.com\r\n", 403)]
    [InlineData("Origin: https://www.example.com.evil.example\r\n", 403)]
    [InlineData(Page + EvilPage, 403)]
    public Task With_origins_only_those_pages_may(string headers, int status) =>
        ConnectAsync(headers, status, origins: ["https://www.example.com:443/", "http://localhost:8080", "https://例子.测试"]);

    [Theory]
    [InlineData("", 101)]
    [InlineData(MiniProgram, 101)]
    [InlineData(MiniProgram + EvilPage, 101)]
    [InlineData(EvilPage, 101)]
    [InlineData(OtherMiniProgram, 403)]
    [InlineData(MiniProgram + OtherMiniProgram, 403)]
    [InlineData("Referer: http://servicewechat.com/wx4f4bc4dec97d474b/12/page-frame.html\r\n", 403)]
    [InlineData("Referer: https://servicewechat.com.evil.example/wx4f4bc4dec97d474b/12/page-frame.html\r\n", 403)]
    [InlineData("Referer: https://evil.example/https://servicewechat.com/wx4f4bc4dec97d474b/\r\n", 403)]
    [InlineData("Referer: https://servicewechat.com@evil.example/wx4f4bc4dec97d474b/1/\r\n", 403)]
    [InlineData("Referer: https://servicewechat.com/\r\n", 403)]
    [InlineData("Referer: \r\n", 101)]
    public Task With_app_ids_only_those_mini_programs_may(string headers, int status) => ConnectAsync(headers, status, appIds: ["wx4f4bc4dec97d474b"]);

    [Theory]
    [InlineData(MiniProgram + "Origin: https://servicewechat.com\r\n", 101)]
    [InlineData(Page, 101)]
    [InlineData(EvilPage, 403)]
    [InlineData(OtherMiniProgram + Page, 403)]
    public Task Pages_and_mini_programs_together(string headers, int status) =>
        ConnectAsync(headers, status, origins: ["https://www.example.com"], appIds: ["wx4f4bc4dec97d474b"]);

    private static async Task ConnectAsync(string headers, int status, string[]? origins = null, string[]? appIds = null)
    {
        await using var gateway = await Gateway.StartAsync(options =>
        {
            foreach (var origin in origins ?? [])
                options.AllowedOrigins.Add(origin);
            foreach (var appId in appIds ?? [])
                options.AppIds.Add(appId);
        });
        var grant = await gateway.RequestAsync();
        await using (var phone = await Phone.TryConnectAsync(grant.ConnectUrl, headers))
            Assert.Equal(status, phone.Status);

        // A refusal spends nothing.
        if (status == 403)
            await (await Phone.ConnectAsync(grant.ConnectUrl)).DisposeAsync();
    }
}
