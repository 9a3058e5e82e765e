using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Options;
using Weapp.Server;
using Weapp.SessionServer;
using Weapp.TunnelServer;

if (Usage.IsAskedFor(args))
{
    Console.WriteLine(Usage.Text);
    return 0;
}

if (args is ["import-sessions", .. var import])
    return await ImportCommand.RunAsync(import);

var builder = WebApplication.CreateBuilder(args);
// A default that holds wherever the executable is started: two lines for each request help nobody.
builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("Logging:LogLevel:Microsoft.AspNetCore", "Warning")] });
var tunnels = builder.Configuration.GetSection(TunnelServerOptions.Section);
var sessions = builder.Configuration.GetSection("SessionServer");
bool servesTunnels, servesSessions;
try
{
    servesTunnels = tunnels.GetValue("Enabled", defaultValue: true);
    // A session server needs to be told whose users it keeps, so it is on where it has been told anything.
    servesSessions = sessions.GetValue("Enabled", defaultValue: sessions.Exists());
}
catch (InvalidOperationException exception)
{
    return Refuse(exception.Message);
}

if (!servesTunnels && !servesSessions)
    return Refuse("both TunnelServer:Enabled and SessionServer:Enabled are off, so there is nothing to serve.");
if (servesTunnels && !builder.Environment.IsDevelopment() && KeyCheck.Find(tunnels) is { } fault)
    return Refuse(fault);
if (!Management.TryGetUrl(builder.Configuration, out var management))
    return Refuse($"{Management.Section}:{Management.UrlKey} must be an address with a port, such as http://127.0.0.1:9090.");

ListenAddresses.Apply(builder, management);
DescriptorReserve.Apply(builder, management);
// Whoever takes longer wants to hold connections, and not to be served.
builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10));
// The web server's own lines about requests show connect URLs, whose tickets work like passwords. Without any of them it needs no scope and no activity for
// each request either, which would last as long as the tunnel.
builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
Management.AddServices(builder.Services);
if (servesTunnels)
{
    builder.Services.AddTunnelServer(tunnels);
    builder.Services.AddHealthChecks().AddTunnelServer();
}

if (servesSessions)
{
    builder.Services.AddSessionServer(sessions);
    builder.Services.AddHealthChecks().AddSessionServer();
}

var app = builder.Build();
try
{
    Management.Map(app, management);
    if (servesTunnels)
        app.MapTunnelServer();
    if (servesSessions)
        app.MapSessionServer("/mina_auth/");
    await app.StartAsync();
}
catch (OptionsValidationException exception)
{
    return Refuse(string.Join(' ', exception.Failures));
}
// A setting that cannot be read, a store or a certificate that cannot be opened, an address that cannot be listened on: each message says which.
catch (Exception exception) when (
    exception is IOException or SocketException or InvalidOperationException or FormatException or ArgumentException or CryptographicException or UnauthorizedAccessException)
{
    return Refuse(exception.Message.ReplaceLineEndings(" "));
}

Announce();
await app.WaitForShutdownAsync();
return 0;

void Announce()
{
    var (logger, urls) = (app.Logger, app.Urls.Where(url => management is null || new Uri(url).Port != management.Port).ToList());
    var addresses = string.Join(", ", urls);
    if (servesTunnels)
        ServerLog.ServesTunnels(logger, addresses);
    if (servesSessions)
        ServerLog.ServesSessions(logger, addresses);
    if (management is null)
        ServerLog.ServesHealth(logger, addresses);
    else
        ServerLog.ServesManagement(logger, management.OriginalString);
    if (servesTunnels && !KeyCheck.HasKey(tunnels))
        ServerLog.NoKey(logger);
    foreach (var (path, meant) in SettingsCheck.FindUnknown(tunnels, typeof(TunnelServerOptions)).Concat(SettingsCheck.FindUnknown(sessions, typeof(SessionServerOptions))))
    {
        if (meant is null)
            ServerLog.UnknownSetting(logger, path);
        else
            ServerLog.UnknownSetting(logger, path, meant);
    }

    foreach (var note in Limitations.Of(OptionsOf<TunnelServerOptions>(servesTunnels), OptionsOf<SessionServerOptions>(servesSessions), urls))
        ServerLog.WillNot(logger, note);
}

T? OptionsOf<T>(bool isServed)
    where T : class => isServed ? app.Services.GetRequiredService<IOptions<T>>().Value : null;

static int Refuse(string reason)
{
    Console.Error.WriteLine($"Weapp.Server does not start: {reason}");
    return 1;
}
