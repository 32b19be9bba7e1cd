using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>One attempt at a transaction that the engine and the host share.</summary>
/// <param name="Unit">The engine's unit of work.</param>
/// <param name="Host">A new instance of the host's context.</param>
/// <param name="Services">The scope from which <paramref name="Host"/> was resolved.</param>
internal sealed record HostUnit(UnitOfWork Unit, DbContext Host, IServiceProvider Services);
