using System.Text;

namespace Weapp.TunnelServer.Nodes;

/// <summary>Bytes that pass through Redis: version, signature, and what is signed, which begins with the app's id and what the bytes are for.</summary>
internal static class Sealed
{
    private const byte Version = 1;
    private const int HeadLength = 1 + DeploymentKeys.MacLength;

    /// <summary>Writes and signs.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="ownerId">The app.</param>
    /// <param name="purpose">What the bytes are good for, and nothing else.</param>
    /// <param name="write">Writes the rest.</param>
    public static byte[] Seal(DeploymentKeys keys, string ownerId, string purpose, Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        stream.SetLength(HeadLength);
        stream.Position = HeadLength;
        writer.Write(ownerId);
        writer.Write(purpose);
        write(writer);
        var bytes = stream.ToArray();
        bytes[0] = Version;
        keys.Sign(ownerId, bytes.AsSpan(HeadLength), bytes.AsSpan(1, DeploymentKeys.MacLength));
        return bytes;
    }

    /// <summary>Checks and reads; null for what is not signed for that purpose by one of our nodes, or is of another version.</summary>
    public static T? Open<T>(DeploymentKeys keys, byte[]? bytes, string purpose, Func<string, BinaryReader, T?> read)
        where T : class
    {
        if (bytes is null || bytes.Length <= HeadLength || bytes[0] != Version)
            return null;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, HeadLength, bytes.Length - HeadLength), Encoding.UTF8);
            var ownerId = reader.ReadString();
            return keys.Verify(ownerId, bytes.AsSpan(HeadLength), bytes.AsSpan(1, DeploymentKeys.MacLength)) && reader.ReadString() == purpose
                ? read(ownerId, reader)
                : null;
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}
