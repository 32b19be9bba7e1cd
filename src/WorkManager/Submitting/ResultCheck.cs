using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Execution;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Json;
using WorkManager.OrderTypes.Validation;

namespace WorkManager.Submitting;

/// <summary>A request after its check.</summary>
/// <param name="Request">What came in.</param>
/// <param name="Item">The item as it was read for the check.</param>
/// <param name="Result">The result, if it is good.</param>
/// <param name="Refusal">Why it is not.</param>
/// <param name="IsRefusedAtOnce">Whether it is refused without a look at the stored item.</param>
internal sealed record CheckedSubmission(SubmitRequest Request, WorkItem? Item, CheckedDocument? Result, WorkManagerException? Refusal, bool IsRefusedAtOnce);

/// <summary>Checks what can be checked without a lock. Whether a lease has run out is decided later, by the clock that counts.</summary>
internal sealed class ResultCheck(OrderTypeRegistry types, JsonDocuments documents)
{
    private const int MaxNotes = 10_000;

    public async Task<List<CheckedSubmission>> CheckAsync(OperationContext context, IReadOnlyList<SubmitRequest> requests, CancellationToken cancellationToken)
    {
        if (requests is [{ Granted: { } granted } request])
        {
            context.JoinTraceOf(granted.TraceParent);
            return [await CheckAsync(context, request, granted.Item.Copy(), cancellationToken).ConfigureAwait(false)];
        }

        var ids = requests.Select(r => r.Lease.ItemId).Distinct().ToList();
        var only = ids[0];
        var found = await context.ReadAsync(db =>
            // One id is no list: a list of unknown length is planned anew each time.
            (ids.Count == 1 ? db.WorkItems.Where(i => i.Id == only) : db.WorkItems.Where(i => ids.Contains(i.Id)))
            .AsNoTracking().Select(i => new { Item = i, i.Order!.TraceParent }).ToDictionaryAsync(f => f.Item.Id, cancellationToken)).ConfigureAwait(false);
        context.JoinTraceOf(found.Values.FirstOrDefault()?.TraceParent);

        var submissions = new List<CheckedSubmission>(requests.Count);
        foreach (var one in requests)
        {
            submissions.Add(await CheckAsync(context, one, found.GetValueOrDefault(one.Lease.ItemId)?.Item, cancellationToken).ConfigureAwait(false));
        }

        return submissions;
    }

    private async Task<CheckedSubmission> CheckAsync(OperationContext context, SubmitRequest request, WorkItem? item, CancellationToken cancellationToken)
    {
        if (item is not { IsLeased: true } || item.LeaseEpoch != request.Lease.Epoch || item.LeasedByAgentId != context.Actor.LeaseHolder)
        {
            return new CheckedSubmission(request, item, null, UnitOfWork.WhyLeaseIsLost(item, request.Lease, context.Actor), IsRefusedAtOnce: true);
        }

        try
        {
            CheckRemarks(request.Options);
        }
        catch (WorkManagerException refused)
        {
            return new CheckedSubmission(request, item, null, refused, IsRefusedAtOnce: true);
        }

        try
        {
            return new CheckedSubmission(request, item, await CheckResultAsync(context, item, request, cancellationToken).ConfigureAwait(false), null, IsRefusedAtOnce: false);
        }
        catch (WorkManagerException refused)
        {
            // What breaks the rules of its type is recorded at the item; what is too large is not even read.
            return new CheckedSubmission(request, item, null, refused, IsRefusedAtOnce: refused is not WorkValidationException);
        }
    }

    private void CheckRemarks(SubmitOptions remarks)
    {
        if (remarks.Notes is { Length: > MaxNotes })
        {
            throw WorkValidationException.Argument("notes", ValidationCodes.MaxLength, $"Notes may have {MaxNotes} characters.");
        }

        StorableText.Ensure("notes", remarks.Notes);
        if (remarks.Evidence is not null)
        {
            var text = remarks.Evidence.ToJsonString(documents.Strict);
            documents.EnsureSize("evidence", text);
            using var evidence = JsonDocument.Parse(text);
            StorableText.Ensure("evidence", evidence.RootElement);
        }
    }

    private async Task<CheckedDocument> CheckResultAsync(OperationContext context, WorkItem item, SubmitRequest request, CancellationToken cancellationToken)
    {
        var descriptor = types.Get(item.OrderType);
        var result = documents.Check("result", request.Result, descriptor.ResultType);
        var type = (OrderType)context.Services.GetRequiredService(descriptor.ClrType);
        var errors = await type.ValidateResultAsync(new StoredItem(item, documents.Lenient), result.Value, cancellationToken).ConfigureAwait(false);
        return errors.Count == 0 ? result : throw new WorkValidationException("result", errors);
    }
}
