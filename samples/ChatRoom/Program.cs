using Chat;
using Weapp;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddWeapp(builder.Configuration.GetSection("Weapp")).AddHandler<ChatRoom>();
builder.Services.AddTunnelServer(builder.Configuration.GetSection("TunnelServer"));
builder.Services.AddSessionServer(builder.Configuration.GetSection("SessionServer"));
builder.Services.AddAuthentication().AddWeapp();
builder.Services.AddAuthorization();
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ChatJson.Default));

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapWeappLogin("/login");
app.MapGet("/user", (UserInfo user) => new UserAnswer(0, "ok", new(user))).RequireAuthorization();
app.MapWeappTunnel<ChatRoom>("/tunnel", options => options.CheckLogin = true);
app.MapTunnelServer();
app.MapSessionServer("/mina_auth/");
app.Run();
