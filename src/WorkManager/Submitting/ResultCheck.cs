using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Submitting;

/// <summary>Checks results before a transaction begins. Whether a lease has run out is decided later, under the lock and by the deciding clock.</summary>
internal sealed class ResultCheck(OrderTypeRegistry types, JsonDocuments documents)
{
    private const int MaxNotes = 10_000;

    // The results of a batch are sent in one command, and PostgreSQL accepts no value of a gigabyte.
    private const long MaxCharactersOfBatch = 64 * 1024 * 1024;

    public async Task<List<CheckedResult>> CheckAsync(OperationContext context, IReadOnlyList<SubmitRequest> requests, CancellationToken cancellationToken)
    {
        var unknown = requests.Where(r => r.Granted is null).Select(r => r.Lease.ItemId).Distinct().ToList();
        var found = await ReadAsync(context, unknown, cancellationToken).ConfigureAwait(false);
        context.JoinTraceOf(requests[0].Granted?.TraceParent ?? found.Values.FirstOrDefault().TraceParent);

        await context.EnsureHooksAreOnItsDatabaseAsync().ConfigureAwait(false);
        var results = new List<CheckedResult>(requests.Count);
        foreach (var request in requests)
        {
            var item = request.Granted?.Item.Copy() ?? found.GetValueOrDefault(request.Lease.ItemId).Item;
            results.Add(await CheckAsync(context, request, item, cancellationToken).ConfigureAwait(false));
        }

        if (results.Count > 1 && results.Where(r => r.IsGood).Sum(r => (long)r.Text.Length) is > MaxCharactersOfBatch and var characters)
        {
            throw new WorkLimitException(
                WorkErrorCodes.PayloadTooLarge,
                $"The results of a batch may have {MaxCharactersOfBatch} characters together; these have {characters}. Send fewer at a time.",
                MaxCharactersOfBatch);
        }

        return results;
    }

    private static async Task<Dictionary<Guid, (WorkItem Item, string? TraceParent)>> ReadAsync(
        OperationContext context, List<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var only = ids[0];
        return await context.ReadAsync(rows =>
            // A single id is compared directly. PostgreSQL plans a query with a list anew each time, because it does not know the length of the list.
            (ids.Count == 1 ? rows.Items.Where(i => i.Id == only) : rows.Items.Where(i => ids.Contains(i.Id)))
            .AsNoTracking().Select(i => new { Item = i, i.Order!.TraceParent })
            .ToDictionaryAsync(f => f.Item.Id, f => (f.Item, f.TraceParent), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task<CheckedResult> CheckAsync(OperationContext context, SubmitRequest request, WorkItem? item, CancellationToken cancellationToken)
    {
        if (request.IsMissing)
        {
            return CheckedResult.RefusedAtOnce(request, null, request.Result.Fault!);
        }

        // The caller may show a lease that was granted to another tenant.
        item = item is not null && context.Tenant.Includes(item.TenantId) ? item : null;
        if (item is not { IsLeased: true } || item.LeaseEpoch != request.Lease.Epoch || item.LeasedByAgentId != context.Actor.LeaseHolder)
        {
            return CheckedResult.RefusedAtOnce(request, item, UnitOfWork.WhyLeaseIsLost(item, request.Lease, context.Actor));
        }

        try
        {
            CheckRemarks(request.Options);
        }
        catch (WorkManagerException refused)
        {
            return CheckedResult.RefusedAtOnce(request, item, refused);
        }

        try
        {
            var type = types.Get(item.OrderType);
            var document = await CheckAsync(context, type, item, request.Result, cancellationToken).ConfigureAwait(false);
            return CheckedResult.Good(request, item, document, type.Version);
        }
        catch (WorkValidationException refused)
        {
            return CheckedResult.Refused(request, item, refused);
        }
        catch (WorkManagerException refused)
        {
            // The result is too large, so its content was not checked.
            return CheckedResult.RefusedAtOnce(request, item, refused);
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
            documents.CheckRemark("evidence", remarks.Evidence);
        }
    }

    /// <summary>Checks a result by the rules of its order type.</summary>
    /// <exception cref="WorkManagerException">It is refused.</exception>
    public async Task<CheckedDocument> CheckAsync(
        OperationContext context, OrderTypeDescriptor descriptor, WorkItem item, IncomingDocument given, CancellationToken cancellationToken)
    {
        var result = documents.Check("result", given, descriptor.ResultType);
        var errors = await RunRulesAsync(context, descriptor, item, result.Value, cancellationToken).ConfigureAwait(false);
        return errors.Count == 0 ? result : throw new WorkValidationException("result", errors);
    }

    private async Task<IReadOnlyList<ValidationError>> RunRulesAsync(
        OperationContext context, OrderTypeDescriptor descriptor, WorkItem item, object result, CancellationToken cancellationToken)
    {
        try
        {
            var type = (OrderType)context.Services.GetRequiredService(descriptor.ClrType);
            var stored = new StoredItem(item, type, descriptor.Version, documents.Stored);
            return await type.ValidateResultAsync(stored, result, cancellationToken).ConfigureAwait(false);
        }
        // A timeout of the order type's own is a cancellation, too, and costs no more than this result.
        catch (Exception failure) when (failure is not WorkManagerException && !failure.IsCancellationBy(cancellationToken))
        {
            throw new WorkManagerException(
                WorkErrorCodes.RuleFailed, "The order type failed to check this result. Its own exception is the inner one.", failure);
        }
    }
}
