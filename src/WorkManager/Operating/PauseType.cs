using WorkManager.Execution;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Operating;

/// <summary>Keeps an order type out of what checkouts hand out. They ask for the row that this writes.</summary>
internal sealed class PauseType() : IVerb<PauseTypeRequest, bool>
{
    public Operation Operation { get; } = new("pause_type", JoinRule.Refuses);

    public async Task<bool> ExecuteAsync(OperationContext context, PauseTypeRequest request, CancellationToken cancellationToken)
    {
        PausedTypes.Check(request.OrderType, context.Actor, "pause");
        StorableText.EnsureReason(request.Reason);
        return await context.WriteAsync(
            Write.Repeatable(async unit =>
            {
                // Who came first has paused it.
                WorkPausedType[] paused =
                [
                    new()
                    {
                        OrderType = request.OrderType, Reason = request.Reason,
                        PausedByType = unit.Actor.Type, PausedById = unit.Actor.Id, PausedAt = unit.Now,
                    },
                ];
                return Ending.Commit((await unit.InsertIfAbsentAsync(paused).ConfigureAwait(false)).Count > 0);
            }),
            cancellationToken).ConfigureAwait(false);
    }
}
