using System.Security.Cryptography;

namespace WorkManager.Hosting.Workers;

/// <summary>The agent that this process is. Another process, and this one when it is started again, is another agent.</summary>
/// <remarks>It is random, and not the name of the machine: two containers may have the same, and names of machines do not belong into an audit trail.</remarks>
internal sealed class WorkerIdentity
{
    public string AgentId { get; } = $"worker-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    public Actor AsActor(string? model) => Actor.Agent(AgentId, model);
}
