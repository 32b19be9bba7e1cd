using Microsoft.EntityFrameworkCore;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Execution;

/// <summary>One attempt at a transaction that the engine and the host share.</summary>
/// <param name="Unit">The engine's unit of work.</param>
/// <param name="Host">A new instance of the host's context.</param>
/// <param name="Services">The scope from which <paramref name="Host"/> was resolved.</param>
/// <param name="Apply">What marks the flow of control as inside the apply.</param>
internal sealed record HostUnit(UnitOfWork Unit, DbContext Host, IServiceProvider Services, ApplyScope Apply)
{
    /// <summary>Begins a part of the attempt in which the host's own code runs: until it ends, the host's context must not end the transaction.</summary>
    public IDisposable EnterHostCode() => Apply.EnterHostCode();

    /// <summary>Has an action called before each command by which the host's context saves.</summary>
    public void OnCommandOfSave(Action? action) => Apply.OnCommandOfSave(action);

    /// <summary>Has an action called after each command by which the host's context writes past its tracker: with its kind, its text and its rows.</summary>
    public void OnWriteAroundTracker(Action<string, string, int>? action) => Apply.OnWriteAroundTracker(action);
}
