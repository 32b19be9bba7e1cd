using WorkManager;

namespace Countries.Agents;

/// <summary>What the agents of this run have done so far. Only for the story: the truth is in the database.</summary>
internal sealed class WorkBoard(int countries, Action<int> progress)
{
    private readonly Lock gate = new();
    private int submitted;
    private bool somebodyDied;

    public bool IsDone => submitted >= countries;

    /// <summary>How many leases ran out while their holder still worked. None, unless the machine was very slow.</summary>
    public int Lost { get; private set; }

    /// <summary>How many attempts ended with a failure.</summary>
    public int Failed { get; private set; }

    /// <summary>The agent that died, and the lease that it held.</summary>
    public (IWorkOrderManager Agent, string Name, WorkLease Lease)? Dead { get; private set; }

    public Dictionary<string, int> SubmittedBy { get; } = [];

    public void ReportSubmit(string agent)
    {
        lock (gate)
        {
            SubmittedBy[agent] = SubmittedBy.GetValueOrDefault(agent) + 1;
            progress(++submitted);
        }
    }

    public void ReportLostLease()
    {
        lock (gate)
        {
            Lost++;
        }
    }

    public void ReportFailure()
    {
        lock (gate)
        {
            Failed++;
        }
    }

    /// <summary>Whether the agent is the one to die. One does.</summary>
    public bool Die(IWorkOrderManager agent, string name, WorkLease lease)
    {
        lock (gate)
        {
            if (somebodyDied)
            {
                return false;
            }

            Dead = (agent, name, lease);
            return somebodyDied = true;
        }
    }
}
