using Microsoft.EntityFrameworkCore;
using WorkManager.Execution;

namespace WorkManager.Operating;

/// <summary>Hands out an order type again.</summary>
internal sealed class ResumeType() : IVerb<ResumeTypeRequest, bool>
{
    public Operation Operation { get; } = new("resume_type", JoinRule.Refuses);

    public async Task<bool> ExecuteAsync(OperationContext context, ResumeTypeRequest request, CancellationToken cancellationToken)
    {
        PausedTypes.Check(request.OrderType, context.Actor, "resume");
        return await context.WriteByCommandAsync(
            Write.Repeatable(async unit => Ending.Commit(
                await unit.Rows.PausedTypes.Where(p => p.OrderType == request.OrderType).ExecuteDeleteAsync().ConfigureAwait(false) > 0)),
            cancellationToken).ConfigureAwait(false);
    }
}
