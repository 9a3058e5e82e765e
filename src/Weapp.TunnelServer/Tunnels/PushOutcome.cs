using Weapp.Protocol.Tunnels;

namespace Weapp.TunnelServer.Tunnels;

/// <summary>The ids of a push that name no open tunnel, and those whose node is out of reach.</summary>
internal sealed class PushOutcome
{
    private List<string>? _invalid;
    private List<string>? _undelivered;
    private HashSet<string>? _seen;

    /// <summary>In the order in which they were met, each once.</summary>
    public IReadOnlyList<string> Invalid => _invalid ?? (IReadOnlyList<string>)[];

    /// <summary>In the order in which they were met, each once.</summary>
    public IReadOnlyList<string> Undelivered => _undelivered ?? (IReadOnlyList<string>)[];

    /// <summary>How many tunnels took something; one of this node that two packets name counts for each.</summary>
    public int Taken { get; private set; }

    public bool IsAllValid => _seen is null;

    public PushResult ToResult() => IsAllValid ? PushResult.AllValid : new PushResult(Invalid) { UndeliveredTunnelIds = Undelivered };

    public void AddTaken(int tunnels) => Taken += tunnels;

    public void AddInvalid(string id)
    {
        if (IsNew(id))
            (_invalid ??= []).Add(id);
    }

    public void AddUndelivered(string id)
    {
        if (IsNew(id))
            (_undelivered ??= []).Add(id);
    }

    private bool IsNew(string id) => (_seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(id);
}
