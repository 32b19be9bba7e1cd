using System.Text.Json;
using System.Text.Json.Nodes;
using WorkManager.Errors;
using WorkManager.Execution;
using WorkManager.OrderTypes;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Leasing;

/// <summary>Says that the holder could not do the work: that costs an attempt, and the item comes back after a pause, or fails for good.</summary>
internal sealed class FailItem(RetryOptions retry, JsonDocuments documents)
    : LeaseEnds<FailRequest, CheckedFailure>("fail", JoinRule.Joins, WorkEventNames.AttemptFailed)
{
    private const int MaxCode = 100;
    private const int MaxMessage = 10_000;
    private const int MaxDetails = 64 * 1024;

    // It is stored inside of other documents, and nothing deeper than 64 levels is written.
    private const int MaxDepth = 60;
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(30);

    protected override CheckedFailure Check(FailRequest request)
    {
        var failure = request.Failure
            ?? throw WorkValidationException.Argument("failure", ValidationCodes.Required, "The failure is null.");
        EnsureText("code", failure.Code, MaxCode);
        EnsureText("message", failure.Message, MaxMessage);
        if (failure.RetryAfter is { } pause && (pause < TimeSpan.Zero || pause > LongestPause))
        {
            throw WorkValidationException.Argument("retry_after", ValidationCodes.OutOfRange, $"The pause must be zero to {LongestPause.Days} days.");
        }

        var error = new JsonObject { ["code"] = failure.Code, ["message"] = failure.Message };
        if (failure.Details is { } details && CheckDetails(details) is { } more)
        {
            error["details"] = more;
        }

        if (!failure.Retryable)
        {
            error["retryable"] = false;
        }

        return new(error, !failure.Retryable, failure.RetryAfter is { } after ? TimeSpan.FromMicroseconds(Math.Floor(after.TotalMicroseconds)) : null);
    }

    protected override bool MayGoOn(CheckedFailure move) => !move.IsFinal;

    protected override Task<IReadOnlyList<WorkItem>> PutBackAsync(
        UnitOfWork unit, IReadOnlyList<(LeaseToken Lease, CheckedFailure Move)> moves, bool waits) =>
        unit.Sql<ILeaseEndsSql>().FailAsync(unit, moves, retry, waits);

    protected override void End(UnitOfWork unit, WorkOrder order, WorkItem item, CheckedFailure move, DateTimeOffset clock) =>
        unit.Queue.Fail(order, item, clock, move.Error, move.IsFinal, move.Pause ?? retry.PauseAfter(item.Attempts + 1));

    private JsonNode? CheckDetails(JsonElement details)
    {
        var written = documents.Write("details", details, typeof(JsonElement));
        JsonNode? node = written.Fault is { } fault ? throw fault : written.Json.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.Object => JsonObject.Create(written.Json),
            JsonValueKind.Array => JsonArray.Create(written.Json),
            _ => JsonValue.Create(written.Json),
        };
        if (node is null)
        {
            return null;
        }

        // The next holders get it with each lease.
        var text = documents.CheckRemark("details", node, MaxDepth);
        return text.Length <= MaxDetails ? JsonNode.Parse(text) : throw new WorkLimitException(
            WorkErrorCodes.PayloadTooLarge, $"The details have more than {MaxDetails} characters of JSON.", MaxDetails);
    }

    private static void EnsureText(string field, string? text, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw WorkValidationException.Argument(field, ValidationCodes.Required, "A text is required.");
        }

        if (text.Length > maxLength)
        {
            throw WorkValidationException.Argument(field, ValidationCodes.MaxLength, $"The text may have {maxLength} characters.");
        }

        StorableText.Ensure(field, text);
    }
}
