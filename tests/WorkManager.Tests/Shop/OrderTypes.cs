using System.ComponentModel.DataAnnotations;

namespace WorkManager.Tests.Shop;

public sealed record EchoPayload([property: MinLength(1)] string Message);

public sealed record EchoResult(bool Ok, bool Verified, string? Note = null);

/// <summary>One item; a result that is not verified is refused.</summary>
[OrderType("test.echo")]
public class Echo(ShopContext db) : OrderType<EchoPayload, EchoResult>
{
    protected override void ValidateResult(ResultContext<EchoPayload, EchoResult> item)
    {
        if (!item.Result.Verified)
        {
            item.Fail("verified", "not_verified", "Verify the echo.");
        }
    }

    protected override Task ApplyAsync(ApplyContext<EchoPayload, EchoPayload, EchoResult> apply, CancellationToken cancellationToken)
    {
        db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = apply.Payload.Message });
        return Task.CompletedTask;
    }
}

public sealed record Batch(string Id, int[] Data);

public sealed record BatchPayload([property: MinLength(1)] Batch[] Batches);

public sealed record BatchResult(string BatchId, bool Processed, [property: Range(0, int.MaxValue)] int Count);

/// <summary>An item a batch; every batch must have counted something before the order can be approved.</summary>
[OrderType("test.batch")]
public sealed class Batches(ShopContext db) : OrderType<BatchPayload, Batch, BatchResult>
{
    protected override IEnumerable<PlannedItem<Batch>> Plan(BatchPayload payload) => payload.Batches.Select(Item);

    protected override void ReadyForApproval(ReviewContext<BatchPayload, Batch, BatchResult> review)
    {
        foreach (var item in review.Items.Where(i => i.Result.Count == 0))
        {
            review.NotReady($"Batch {item.Input.Id} is empty.");
        }
    }

    protected override Task ApplyAsync(ApplyContext<BatchPayload, Batch, BatchResult> apply, CancellationToken cancellationToken)
    {
        db.Ledger.Add(new LedgerEntry { OrderId = apply.OrderId, Text = string.Join(",", apply.Items.Select(i => i.Result.BatchId)) });
        return Task.CompletedTask;
    }

    public static BatchPayload Payload(int count) => new([.. Enumerable.Range(1, count).Select(i => new Batch($"b{i}", [i]))]);
}
