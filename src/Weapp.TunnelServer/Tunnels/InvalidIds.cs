namespace Weapp.TunnelServer.Tunnels;

/// <summary>Ids that name no open tunnel, in the order in which they were met, each once.</summary>
internal sealed class InvalidIds
{
    private List<string>? _ids;
    private HashSet<string>? _seen;

    public IReadOnlyList<string> Ids => _ids ?? (IReadOnlyList<string>)[];

    public void Add(string id)
    {
        if ((_seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(id))
            (_ids ??= []).Add(id);
    }
}
