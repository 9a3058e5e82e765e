using Microsoft.Extensions.Options;
using Weapp.Server;
using Weapp.TunnelServer;

const string DefaultUrl = "http://127.0.0.1:5081";

if (args is ["import-sessions", .. var import])
    return await ImportCommand.RunAsync(import);

var builder = WebApplication.CreateBuilder(args);
var tunnels = builder.Configuration.GetSection(TunnelServerOptions.Section);
var servesTunnels = tunnels.GetValue("Enabled", defaultValue: true);
// A session server needs to be told whose users it keeps, so it is on where it has been told anything.
var sessions = builder.Configuration.GetSection("SessionServer");
var servesSessions = sessions.GetValue("Enabled", defaultValue: sessions.Exists());
if (!servesTunnels && !servesSessions)
    return Refuse("both TunnelServer:Enabled and SessionServer:Enabled are off, so there is nothing to serve.");

if (servesTunnels && !builder.Environment.IsDevelopment() && KeyCheck.Find(tunnels) is { } fault)
    return Refuse(fault);

if (!ListenAddresses.AreConfigured(builder.Configuration))
    builder.WebHost.UseUrls(DefaultUrl);

// The web server's own lines about requests show connect URLs, whose tickets work like passwords.
builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
builder.Services.AddHealthChecks().AddCheck<StoppingCheck>("stopping");
if (servesTunnels)
    builder.Services.AddTunnelServer(tunnels);
if (servesSessions)
    builder.Services.AddSessionServer(sessions);

var app = builder.Build();
try
{
    app.MapHealthChecks("/health/live", new() { Predicate = static _ => false });
    app.MapHealthChecks("/health/ready");
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
catch (IOException exception)
{
    return Refuse(exception.Message);
}

var addresses = string.Join(", ", app.Urls);
if (servesTunnels)
    ServerLog.ServesTunnels(app.Logger, addresses);
if (servesSessions)
    ServerLog.ServesSessions(app.Logger, addresses);
if (servesTunnels && !KeyCheck.HasKey(tunnels))
    ServerLog.NoKey(app.Logger);
await app.WaitForShutdownAsync();
return 0;

static int Refuse(string reason)
{
    Console.Error.WriteLine($"Weapp.Server does not start: {reason}");
    return 1;
}
