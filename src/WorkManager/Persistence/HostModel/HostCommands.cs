using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Persistence.HostModel;

/// <summary>What happens before each command of a host's context inside an apply.</summary>
/// <remarks>
/// <see cref="HostTransactionGuard"/> refuses the command if host code has left the transaction of its apply: it would be committed at once, and a second
/// approval would apply it again. If the command saves, the apply is told. EF Core raises <c>SavingChanges</c> before interceptors and overrides of the host
/// have stamped rows or turned a deletion into a change; the first command comes after them.
/// </remarks>
internal sealed class HostCommands : BeforeCommands
{
    protected override void Before(CommandEventData command)
    {
        HostTransactionGuard.EnsureIsInside(command.Context);
        if (command.CommandSource == CommandSource.SaveChanges)
        {
            ApplyScope.TellCommandOfSave(command.Context);
        }
    }
}
