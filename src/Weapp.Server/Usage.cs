namespace Weapp.Server;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Usage
{
    public const string Text = $"""
        Weapp.Server: the tunnel server and the session server of the Wafer protocol.

        dotnet Weapp.Server.dll [--Section:Key=value ...]
        dotnet Weapp.Server.dll import-sessions FILE [--Section:Key=value ...]

        Settings come from appsettings.json, from the environment (TunnelServer__SignatureKey=...) or from the command line; the later wins.

          --urls=ADDRESSES                       where to listen; default {ListenAddresses.Default}
          --Management:Url=ADDRESS               where health and metrics are; default: /health everywhere, /metrics for this machine
          --TunnelServer:SignatureKey=KEY        the key that all apps share with it, or for each app:
          --TunnelServer:Clients:<host>=KEY
          --TunnelServer:PublicUrl=ADDRESS       where phones reach it, for example https://ws.example.com
          --TunnelServer:Redis=CONNECTION        several nodes are one server
          --TunnelServer:ReceiveNetworks:0=CIDR  a private network in which apps run
          --TunnelServer:Enabled=false           no tunnels
          --SessionServer:AppId=ID               the mini program, and with it a session server
          --SessionServer:AppSecret=SECRET
          --SessionServer:SignatureKey=KEY       the key that its apps share with it (Weapp:AuthSignatureKey)
          --environment=Development              starts without a key

        import-sessions takes over a CSV export of the official session server's table cSessionInfo.

        All settings: docs/tunnel-server.md, docs/session-server.md. How to run it: docs/deployment.md.
        """;

    public static bool IsAskedFor(string[] args) => args is ["--help" or "-h" or "-?" or "/?" or "help", ..];
}
