using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace WorkManager.Execution;

/// <summary>A process's turn at a duty: it is held in <c>work_duties</c>, for a while, and renewed.</summary>
internal sealed class DutyTurn
{
    // A process that dies keeps the duty from the others for as long.
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RenewedAfter = Length / 3;

    private readonly OperationContext? context;
    private long since;
    private bool isLost;

    private DutyTurn(OperationContext? context)
    {
        this.context = context;
        since = context?.Clock.Timestamp() ?? 0;
    }

    /// <summary>The turn of what takes none.</summary>
    public static DutyTurn OfNoDuty { get; } = new(null);

    /// <summary>Takes the turn at the duty that the operation is called after; null if somebody else has it.</summary>
    public static async Task<DutyTurn?> TryBeginAsync(OperationContext context, CancellationToken cancellationToken) =>
        await TakeAsync(context, cancellationToken).ConfigureAwait(false) ? new(context) : null;

    /// <summary>Whether to go on with the next batch: nobody has taken the duty over.</summary>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<bool> GoesOnAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!isLost && context is not null && context.Clock.Since(since) >= RenewedAfter)
        {
            since = context.Clock.Timestamp();
            isLost = !await TakeAsync(context, cancellationToken).ConfigureAwait(false);
        }

        return !isLost;
    }

    /// <summary>Gives the turn back. The duty was not done to its end, and its row does not say so.</summary>
    public Task GiveBackAsync() => EndAsync(_ => { });

    /// <summary>Ends the turn: the duty is done, or it has failed.</summary>
    /// <param name="failure">What ended it before its end; null if nothing did.</param>
    public Task EndAsync(Exception? failure)
    {
        var error = failure is null ? null : new JsonObject
        {
            ["code"] = (failure as WorkManagerException)?.Code ?? "error",
            ["message"] = failure.GetBaseException().Message.Replace('\0', ' '),
            ["details"] = new JsonObject { ["exception"] = failure.GetType().FullName },
        }.ToJsonString(JsonSerializerOptions.Web);
        var now = context!.Clock.Now();
        return EndAsync(set => set.SetProperty(d => d.LastRunAt, now).SetProperty(d => d.LastError, error));
    }

    private async Task EndAsync(Action<UpdateSettersBuilder<WorkDuty>> say)
    {
        var (name, holder) = (context!.Operation, HolderOf(context));
        try
        {
            await context.WriteByCommandAsync(
                Write.Repeatable(async unit => Ending.Commit(await unit.Rows.Duties.Where(d => d.Name == name && d.Holder == holder)
                    .ExecuteUpdateAsync(set => say(set
                        .SetProperty(d => d.Holder, (string?)null)
                        .SetProperty(d => d.ExpiresAt, (DateTimeOffset?)null))).ConfigureAwait(false))),
                CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // What the duty has done is done, and its own failure is the one to tell. The turn ends by itself.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static string HolderOf(OperationContext context) => context.OperationId.ToString();

    private static Task<bool> TakeAsync(OperationContext context, CancellationToken cancellationToken)
    {
        var (name, holder) = (context.Operation, HolderOf(context));
        return context.WriteAsync(
            Write.Repeatable(async unit =>
            {
                var now = await unit.ReadClockAsync().ConfigureAwait(false);
                var until = now + Length;
                var taken = await unit.Rows.Duties
                    .Where(d => d.Name == name && (d.Holder == null || d.Holder == holder || d.ExpiresAt <= now))
                    .ExecuteUpdateAsync(set => set
                        .SetProperty(d => d.Epoch, d => d.Holder == holder ? d.Epoch : d.Epoch + 1)
                        .SetProperty(d => d.Holder, holder)
                        .SetProperty(d => d.ExpiresAt, until)).ConfigureAwait(false);
                if (taken == 0)
                {
                    // It is somebody else's turn, or it is the first of all.
                    WorkDuty first = new() { Name = name, Holder = holder, Epoch = 1, ExpiresAt = until };
                    taken = (await unit.InsertIfAbsentAsync([first]).ConfigureAwait(false)).Count;
                }

                return Ending.Commit(taken > 0);
            }),
            cancellationToken);
    }
}
