using Weapp.TestApp;

// An app in a process of its own that writes down what its handler saw, and answers each message: for tests that kill it, or what is in front of it.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(_ => new Diary(builder.Configuration["Diary"] ?? throw new InvalidOperationException("Diary must name a file.")));
builder.Services.AddWeapp(builder.Configuration.GetSection("Weapp")).AddHandler<EchoHandler>(ServiceLifetime.Singleton);

var app = builder.Build();
app.MapWeappTunnel<EchoHandler>("/tunnel");
await app.RunAsync();
