using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Weapp.SessionServer.Tests.Support;
using Weapp.TestKit;

namespace Weapp.SessionServer.Tests;

/// <summary>An app that is configured by the file of the Wafer images.</summary>
public sealed class SdkConfigTests : IDisposable
{
    private const string Key = "9f338d1f0ecc37d25ac7b161c1d7bf72";

    private readonly TempFolder _folder = new();

    private string Path => _folder.File("sdk.config");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public void The_file_of_a_Wafer_image_becomes_the_options(string byteOrderMark)
    {
        var options = Read(byteOrderMark + $$"""
            {
                // as the image had it
                "serverHost": "109447.qcloud.la",
                "authServerUrl": "http://10.0.12.135/mina_auth/",
                "tunnelServerUrl": "https://ws.qcloud.com",
                "tunnelSignatureKey": "{{Key}}",
                "networkTimeout": 15500,
                "networkProxy": null,
                "qcloudAppId": "121000000",
                "mysql": { "host": "localhost" },
            }
            """);

        Assert.Equal("109447.qcloud.la", options.ServerHost);
        Assert.Equal("http://10.0.12.135/mina_auth/", options.AuthServerUrl);
        Assert.Equal("https://ws.qcloud.com", options.TunnelServerUrl);
        Assert.Equal(Key, options.TunnelSignatureKey);
        Assert.Equal(TimeSpan.FromSeconds(15.5), options.NetworkTimeout);
        Assert.Null(options.NetworkProxy);
    }

    [Fact]
    public void Members_may_be_written_as_the_Node_SDK_names_them()
    {
        var options = Read("""{"ServerHost":"a.example.com","NetworkProxy":"http://10.0.0.1:3128"}""");

        Assert.Equal(("a.example.com", "http://10.0.0.1:3128"), (options.ServerHost, options.NetworkProxy));
        Assert.Equal(TimeSpan.FromSeconds(30), options.NetworkTimeout);
    }

    [Fact]
    public void What_is_added_later_overrides_the_file()
    {
        File.WriteAllText(Path, """{"serverHost":"a.example.com","authServerUrl":"http://a.example.com/"}""");

        var configuration = new ConfigurationBuilder().AddSdkConfig(Path)
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Weapp:ServerHost"] = "b.example.com" }).Build();

        Assert.Equal("b.example.com", configuration["Weapp:ServerHost"]);
        Assert.Equal("http://a.example.com/", configuration["Weapp:AuthServerUrl"]);
    }

    [Theory]
    [InlineData("""{"tunnelSignatureKey":"KEY","networkTimeout":"soon"}""", "'networkTimeout' must be a whole number of milliseconds")]
    [InlineData("""{"tunnelSignatureKey":"KEY","networkTimeout":1.5}""", "'networkTimeout' must be a whole number of milliseconds")]
    [InlineData("""{"tunnelSignatureKey":["KEY"]}""", "'tunnelSignatureKey' must be text in quotation marks")]
    [InlineData("""{"tunnelSignatureKey":"KEY","TunnelSignatureKey":"KEY"}""", "'TunnelSignatureKey' is there twice")]
    [InlineData("""{"tunnelSignatureKey":"KEY","tunnelSignatureKey":"KEY"}""", "The file is no JSON")]
    [InlineData("""{"tunnelSignatureKey":"KEY}""", "The file is no JSON: line 1")]
    [InlineData("""{"tunnelSignatureKey":KEY}""", "The file is no JSON: line 1")]
    [InlineData("""["KEY"]""", "The file must hold a JSON object")]
    [InlineData("", "The file is no JSON")]
    public void A_file_that_cannot_be_read_is_named_with_the_reason_and_without_the_key(string text, string reason)
    {
        var failure = Assert.Throws<InvalidDataException>(() => Read(text.Replace("KEY", Key, StringComparison.Ordinal)));

        Assert.Contains(Path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.InnerException!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_is_an_error_unless_it_is_optional()
    {
        var failure = Assert.Throws<FileNotFoundException>(() => new ConfigurationBuilder().AddSdkConfig(Path).Build());

        Assert.Contains(Path, failure.Message, StringComparison.Ordinal);
        Assert.Empty(new ConfigurationBuilder().AddSdkConfig(Path, optional: true).Build().AsEnumerable());
        Assert.Empty(new ConfigurationBuilder().AddSdkConfig(_folder.File("missing/sdk.config"), optional: true).Build().AsEnumerable());
    }

    [Fact]
    public async Task An_app_with_the_file_asks_the_session_server_that_it_names()
    {
        await using var peer = await FakePeer.StartAsync("""{"returnCode":0,"returnData":{"user_info":{"openId":"o"}}}""");
        await File.WriteAllTextAsync(Path, $$"""{"authServerUrl":"{{peer.Address}}mina_auth/"}""", TestContext.Current.CancellationToken);
        await using var app = await TestServer.StartAsync(
            builder =>
            {
                builder.Configuration.AddSdkConfig(Path);
                builder.Services.AddWeapp(builder.Configuration.GetSection("Weapp"));
            },
            static app => app.MapGet("/check", static async (HttpContext context, ILoginService login) => (await login.CheckAsync(context)).OpenId));

        Assert.Equal("o", (await Phone.GetAsync(app, "/check", ("X-WX-Skey", "s"))).Text);
        Assert.StartsWith("/mina_auth/", Assert.Single(peer.Requests), StringComparison.Ordinal);
    }

    private WeappOptions Read(string text)
    {
        File.WriteAllText(Path, text);
        return new ConfigurationBuilder().AddSdkConfig(Path).Build().GetSection("Weapp").Get<WeappOptions>()!;
    }
}
