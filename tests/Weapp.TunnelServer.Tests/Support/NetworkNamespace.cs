using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Weapp.TunnelServer.Tests.Support;

/// <summary>A network of two ends, one of them in a namespace of its own, whose cable can be cut without either end being told.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    // Unique on this machine as long as this process lives.
    private readonly int _id = Environment.ProcessId & 0x3F_FFFF;
    private readonly string _name;

    private NetworkNamespace() => _name = $"weapp{_id}";

    public IPAddress Here => IPAddress.Parse($"10.{_id >> 14}.{(_id >> 6) & 0xFF}.{((_id & 0x3F) << 2) + 1}");

    private IPAddress There => IPAddress.Parse($"10.{_id >> 14}.{(_id >> 6) & 0xFF}.{((_id & 0x3F) << 2) + 2}");

    public static NetworkNamespace Create()
    {
        var network = new NetworkNamespace();
        try
        {
            network.Ip($"netns add {network._name}");
            network.Ip($"link add wh{network._id} type veth peer name wt{network._id} netns {network._name}");
            network.Ip($"address add {network.Here}/30 dev wh{network._id}");
            network.Ip($"link set wh{network._id} up");
            network.Ip($"-n {network._name} address add {network.There}/30 dev wt{network._id}");
            network.Ip($"-n {network._name} link set wt{network._id} up");
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>A socket at the far end.</summary>
    public Socket CreateSocket()
    {
        Socket? socket = null;
        Exception? failure = null;

        // A namespace is a thread's; this one ends, and the socket stays where it was made.
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{_name}");
                if (SetNamespace((int)handle.DangerousGetHandle(), CloneNewNet) != 0)
                    throw Unusable($"setns: error {Marshal.GetLastPInvokeError()}");
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw failure!;
    }

    /// <summary>From now on every packet is lost, in both directions.</summary>
    public void Cut() => Ip($"-n {_name} link set wt{_id} down");

    public void Dispose() => Run($"netns delete {_name}");

    private static InvalidOperationException Unusable(string what) =>
        new($"This test needs network namespaces: root with CAP_NET_ADMIN and CAP_SYS_ADMIN, and iproute2. {what}");

    private void Ip(string arguments)
    {
        var (code, error) = Run(arguments);
        if (code != 0)
            throw Unusable($"'ip {arguments}' ended with {code}: {error}");
    }

    private static (int Code, string Error) Run(string arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error.Trim());
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw Unusable($"'ip' does not start: {exception.Message}.");
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int handle, int kind);
}
