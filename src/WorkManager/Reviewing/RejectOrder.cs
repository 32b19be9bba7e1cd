using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.OrderTypes.Json;
using WorkManager.Persistence;

namespace WorkManager.Reviewing;

/// <summary>Refuses an order for good.</summary>
internal sealed class RejectOrder(IdGenerator ids) : IVerb<RejectRequest, WorkOrder>
{
    private const int MaxReasons = 100;

    public Operation Operation { get; } = new("reject", JoinRule.Joins);

    public Task<WorkOrder> ExecuteAsync(OperationContext context, RejectRequest request, CancellationToken cancellationToken)
    {
        Check(request.Reasons);
        var reasons = new JsonArray([.. request.Reasons.Select(r => new JsonObject { ["code"] = r.Code, ["message"] = r.Message, ["field"] = r.Field })]);
        var decisionId = ids.Next();
        return context.WriteAsync(
            Write.Once<WorkOrder>(async unit =>
            {
                var order = await unit.LockOrderAsync(request.OrderId).ConfigureAwait(false);
                context.JoinTraceOf(order.TraceParent);
                return Ending.Commit(await OrderClosing.CloseAsync(unit, order, decisionId, new Closing(
                    "reject", "Order rejected", new JsonObject { ["reasons"] = reasons.DeepClone(), ["allow_rework"] = false }, reasons))
                    .ConfigureAwait(false));
            },
            (rows, _) => rows.Decisions.AnyAsync(d => d.Id == decisionId, CancellationToken.None)),
            cancellationToken);
    }

    private static void Check(IReadOnlyList<RejectionReason> reasons)
    {
        var errors = new List<ValidationError>();
        if (reasons.Count is 0 or > MaxReasons)
        {
            var code = reasons.Count == 0 ? ValidationCodes.MinItems : ValidationCodes.MaxItems;
            errors.Add(new ValidationError("reasons", code, $"Give 1 to {MaxReasons} reasons."));
        }

        for (var i = 0; i < Math.Min(reasons.Count, MaxReasons); i++)
        {
            CheckText(errors, $"reasons.{i}.code", reasons[i]?.Code, 100);
            CheckText(errors, $"reasons.{i}.message", reasons[i]?.Message, 2_000);
            CheckText(errors, $"reasons.{i}.field", reasons[i]?.Field, 500, required: false);
        }

        if (errors.Count > 0)
        {
            throw new WorkValidationException("rejection", errors);
        }
    }

    private static void CheckText(List<ValidationError> errors, string field, string? text, int maxLength, bool required = true)
    {
        if (required && string.IsNullOrWhiteSpace(text))
        {
            errors.Add(new ValidationError(field, ValidationCodes.Required, "A text is required."));
        }
        else if (text?.Length > maxLength)
        {
            errors.Add(new ValidationError(field, ValidationCodes.MaxLength, $"The text may have {maxLength} characters."));
        }

        StorableText.Ensure(field, text);
    }
}
