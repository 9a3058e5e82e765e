using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>Tunnel ids and tickets: 128 random bits as 22 characters base64url.</summary>
internal static class Secrets
{
    private const int Bytes = 16;

    public static string Next()
    {
        Span<byte> random = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    /// <summary>Compares in constant time.</summary>
    public static bool Same(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(expected.AsSpan()), MemoryMarshal.AsBytes(given.AsSpan()));
}
