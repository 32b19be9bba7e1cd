using System.Text.Json;
using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;

namespace WorkManager.Load.Systems.Limit;

/// <summary>Plain Microsoft.Data.Sqlite: a few statements in one immediate transaction.</summary>
internal sealed class SqliteLimit(SqliteDatabase database) : ILimit
{
    private static readonly Dictionary<string, object> ConstantsOfCheckout = new()
    {
        ["holder"] = Documents.Agent, ["seconds"] = Documents.LeaseSeconds, ["agent"] = Documents.CheckedOut, ["agent_hash"] = Documents.CheckedOutHash,
    };

    private static readonly Dictionary<string, object> ConstantsOfSubmit = new()
    {
        ["holder"] = Documents.Agent, ["result"] = Documents.Result, ["result_hash"] = Documents.ResultHash,
        ["payload"] = Documents.Submitted, ["payload_hash"] = Documents.SubmittedHash,
        ["nothing_hash"] = Documents.NothingHash, ["all_hash"] = Documents.AllSubmittedHash,
    };

    public IReadOnlyList<StepCost> CostOfSingle { get; } = [new(Latencies.Whole, 6, null), new(Step.Checkout, 3, null), new(Step.Submit, 3, null)];

    public IReadOnlyList<StepCost> CostOfLife { get; } =
    [
        new(Latencies.Whole, 15, null), new(Step.Propose, 4, null), new(Step.Checkout, 3, null), new(Step.Submit, 3, null), new(Step.Approve, 5, null),
    ];

    public IReadOnlyList<StepCost> CostOfBatch(int size) => [.. CostOfSingle.Select(c => new StepCost(c.Step, c.Statements / size, null))];

    public IReadOnlyList<StepCost> CostOfPropose(int orders, int items) =>
        [.. ((string[])[Latencies.Whole, Step.Propose]).Select(step => new StepCost(step, 4.0 / (orders * items), null))];

    public ISession Single() => new SqliteWriter(database, writer =>
    {
        var work = new Work(writer);
        return async steps =>
        {
            var lease = await work.CheckoutAsync() ?? throw new InvalidOperationException("The queue is empty.");
            steps.Mark(Step.Checkout);
            await work.SubmitAsync(lease);
            steps.Mark(Step.Submit);
            return 1;
        };
    });

    public ISession Life() => new SqliteWriter(database, writer =>
    {
        var propose = writer.Prepare("propose", new()
        {
            ["type"] = LoadWork.Key, ["requester"] = Documents.Requester, ["input"] = Documents.Input,
            ["payload"] = Documents.SmallOrder, ["payload_hash"] = Documents.SmallOrderHash, ["proposed_hash"] = Documents.EventHash(Documents.SmallOrder),
            ["planned"] = Documents.Planned(1), ["planned_hash"] = Documents.EventHash(Documents.Planned(1)),
        });
        var work = new Work(writer);
        var approve = writer.Prepare("approve", new()
        {
            ["reviewer"] = Documents.Reviewer, ["nothing_hash"] = Documents.NothingHash, ["accepted_hash"] = Documents.ItemAcceptedHash,
            ["item_hash"] = Documents.ItemCompletedHash, ["order_hash"] = Documents.OrderCompletedHash,
        });
        if (propose is not [var insertOrder, var insertItem, var insertEvents, var insertProvenance]
            || approve is not [var completeOrder, var completeItem, var insertFinding, var insertDecision, var insertLastEvents])
        {
            throw new InvalidOperationException("A file has other statements than this code.");
        }

        return async steps =>
        {
            await writer.TransactAsync(now =>
            {
                insertOrder["order"] = insertItem["order"] = insertEvents["order"] = insertProvenance["order"] = NewId();
                insertItem["item"] = NewId();
                foreach (var statement in propose)
                {
                    statement["now"] = now;
                    statement.Execute();
                }

                return true;
            });
            steps.Mark(Step.Propose);
            // There is one item for each caller, and each leases one.
            var lease = await work.CheckoutAsync() ?? throw new InvalidOperationException("The queue is empty.");
            steps.Mark(Step.Checkout);
            await work.SubmitAsync(lease);
            steps.Mark(Step.Submit);
            await writer.TransactAsync(now =>
            {
                completeOrder["now"] = completeItem["now"] = insertDecision["now"] = insertLastEvents["now"] = now;
                completeOrder["order"] = completeItem["order"] = insertDecision["order"] = insertLastEvents["order"] = lease.Order;
                insertDecision["revision"] = completeOrder.Read(r => r.GetInt32(0))[0];
                var (item, epoch, summary) = completeItem.Read(r => (r.GetString(0), r.GetInt64(1), r.GetString(2)))[0];
                var finding = Guid.CreateVersion7();
                (insertFinding["finding"], insertFinding["summary"]) = (Text(finding), summary);
                insertFinding.Execute();
                insertDecision["decision"] = NewId();
                insertDecision.Execute();
                var diff = Documents.Applied(finding, summary);
                (insertLastEvents["item"], insertLastEvents["epoch"]) = (item, epoch);
                (insertLastEvents["diff"], insertLastEvents["diff_hash"]) = (diff, Documents.EventHash(null, "Changes applied", diff));
                return insertLastEvents.Execute();
            });
            steps.Mark(Step.Approve);
            return 1;
        };
    });

    public ISession Batch(int size) => new SqliteWriter(database, writer =>
    {
        if (writer.Prepare("checkout-batch", ConstantsOfCheckout) is not [var claim, var open, var recordLeases]
            || writer.Prepare("submit-batch", ConstantsOfSubmit) is not [var count, var store, var recordResults])
        {
            throw new InvalidOperationException("A file has other statements than this code.");
        }

        claim["count"] = size;
        return async steps =>
        {
            var leases = await writer.TransactAsync(now =>
            {
                var expires = now.AddSeconds(Documents.LeaseSeconds);
                claim["now"] = now;
                claim["expires"] = expires;
                var claimed = claim.Read(r => (Lease: new Lease(r.GetString(0), r.GetString(1), r.GetInt64(2)), Input: r.GetString(3)))
                    .ConvertAll(c => c.Lease);
                var json = JsonSerializer.Serialize(claimed, JsonSerializerOptions.Web);
                open["now"] = now;
                open["leases"] = json;
                recordLeases["opened"] = JsonSerializer.Serialize(open.Read(r => r.GetString(0)));
                recordLeases["now"] = now;
                recordLeases["leases"] = json;
                SetLeased(recordLeases, expires);
                recordLeases.Execute();
                return (All: claimed, Json: json);
            });
            steps.Mark(Step.Checkout);

            await writer.TransactAsync(now =>
            {
                count["now"] = now;
                count["leases"] = leases.Json;
                var submitted = leases.All.CountBy(l => l.Order).ToDictionary();
                var orders = count.Read(r => (Id: r.GetString(0), Open: r.GetInt32(1), Total: r.GetInt32(2)));
                store["now"] = now;
                store["leases"] = leases.Json;
                EnsureHeld(store.Execute() == leases.All.Count);
                recordResults["now"] = now;
                recordResults["leases"] = leases.Json;
                recordResults["begun"] = JsonSerializer.Serialize(orders.Where(o => o.Open + submitted[o.Id] == o.Total).Select(o => o.Id));
                recordResults["done"] = JsonSerializer.Serialize(orders.Where(o => o.Open == 0).Select(o => o.Id));
                return recordResults.Execute();
            });
            steps.Mark(Step.Submit);
            return leases.All.Count;
        };
    });

    public ISession Propose(int orders, int items) => new SqliteWriter(database, writer =>
    {
        var statements = writer.Prepare("propose-bulk", new()
        {
            ["type"] = LoadWork.Key, ["requester"] = Documents.Requester, ["item_count"] = items,
            ["payload"] = Documents.Order, ["payload_hash"] = Documents.OrderHash, ["proposed_hash"] = Documents.EventHash(Documents.Order),
            ["planned"] = Documents.Planned(items), ["planned_hash"] = Documents.EventHash(Documents.Planned(items)),
        });
        if (statements is not [var insertOrders, var insertItems, var insertEvents, var insertProvenances])
        {
            throw new InvalidOperationException("The file has other statements than this code.");
        }

        return async steps =>
        {
            var ids = NewIds(orders);
            var idsAsJson = JsonSerializer.Serialize(ids);
            insertOrders["orders"] = insertEvents["orders"] = insertProvenances["orders"] = idsAsJson;
            insertItems["items"] = JsonSerializer.Serialize(
                ids.SelectMany(order => NewIds(items).Select(id => new PlannedRow(id, order, Documents.Input))), JsonSerializerOptions.Web);
            await writer.TransactAsync(now =>
            {
                foreach (var statement in statements)
                {
                    statement["now"] = now;
                    statement.Execute();
                }

                return true;
            });
            steps.Mark(Step.Propose);
            return orders * items;
        };
    });

    private static void SetLeased(SqliteStatement statement, DateTime expires)
    {
        var payload = Documents.Leased(expires);
        statement["leased"] = payload;
        statement["leased_hash"] = Documents.EventHash(payload);
    }

    private static string[] NewIds(int count) => [.. Enumerable.Range(0, count).Select(_ => NewId())];

    private static string NewId() => Text(Guid.CreateVersion7());

    // As the provider stores it.
    private static string Text(Guid id) => id.ToString().ToUpperInvariant();

    private static void EnsureHeld(bool held)
    {
        if (!held)
        {
            throw new InvalidOperationException("The lease is lost.");
        }
    }

    private sealed record Lease(string Item, string Order, long Epoch);

    private sealed record PlannedRow(string Id, string Order, string Input);

    /// <summary>Works on one item after the other.</summary>
    private sealed class Work
    {
        private readonly SqliteWriter writer;
        private readonly SqliteStatement claim;
        private readonly SqliteStatement open;
        private readonly SqliteStatement recordLease;
        private readonly SqliteStatement count;
        private readonly SqliteStatement store;
        private readonly SqliteStatement recordResult;

        public Work(SqliteWriter writer)
        {
            this.writer = writer;
            if (writer.Prepare("checkout", ConstantsOfCheckout) is not [var claim, var open, var recordLease]
                || writer.Prepare("submit", ConstantsOfSubmit) is not [var count, var store, var recordResult])
            {
                throw new InvalidOperationException("A file has other statements than this code.");
            }

            (this.claim, this.open, this.recordLease, this.count, this.store, this.recordResult) = (claim, open, recordLease, count, store, recordResult);
        }

        /// <summary>Leases an item; null if there is none.</summary>
        public Task<Lease?> CheckoutAsync() => writer.TransactAsync(now =>
        {
            var expires = now.AddSeconds(Documents.LeaseSeconds);
            claim["now"] = now;
            claim["expires"] = expires;
            if (claim.Read(r => (Lease: new Lease(r.GetString(0), r.GetString(1), r.GetInt64(2)), Input: r.GetString(3))) is not [var (claimed, _)])
            {
                return null;
            }

            open["now"] = now;
            open["order"] = claimed.Order;
            recordLease["opened"] = open.Execute();
            recordLease["now"] = now;
            recordLease["item"] = claimed.Item;
            recordLease["order"] = claimed.Order;
            recordLease["epoch"] = claimed.Epoch;
            SetLeased(recordLease, expires);
            recordLease.Execute();
            return claimed;
        });

        public Task<int> SubmitAsync(Lease lease) => writer.TransactAsync(now =>
        {
            count["now"] = now;
            count["order"] = lease.Order;
            var (open, total) = count.Read(r => (r.GetInt32(0), r.GetInt32(1)))[0];
            store["now"] = now;
            store["item"] = lease.Item;
            store["epoch"] = lease.Epoch;
            EnsureHeld(store.Execute() == 1);
            recordResult["now"] = now;
            recordResult["item"] = lease.Item;
            recordResult["order"] = lease.Order;
            recordResult["epoch"] = lease.Epoch;
            recordResult["first"] = open == total - 1;
            recordResult["last"] = open == 0;
            return recordResult.Execute();
        });
    }
}
