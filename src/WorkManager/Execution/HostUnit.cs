using Microsoft.EntityFrameworkCore;

namespace WorkManager.Execution;

/// <summary>One attempt at a transaction of the engine and the host together.</summary>
/// <param name="Unit">The engine's side.</param>
/// <param name="Host">The host's context, fresh.</param>
/// <param name="Services">The scope that it is from.</param>
internal sealed record HostUnit(UnitOfWork Unit, DbContext Host, IServiceProvider Services);
