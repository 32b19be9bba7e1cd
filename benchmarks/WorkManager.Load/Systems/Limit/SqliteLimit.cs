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

    public IReadOnlyList<StepCost> CostOfBatch(int size) => [.. CostOfSingle.Select(c => new StepCost(c.Step, c.Statements / size, null))];

    public IReadOnlyList<StepCost> CostOfPropose(int orders, int items) =>
        [.. ((string[])[Latencies.Whole, Step.Propose]).Select(step => new StepCost(step, 4.0 / (orders * items), null))];

    public ISession Single() => new SqliteWriter(database, writer =>
    {
        if (writer.Prepare("checkout", ConstantsOfCheckout) is not [var claim, var open, var recordLease]
            || writer.Prepare("submit", ConstantsOfSubmit) is not [var count, var store, var recordResult])
        {
            throw new InvalidOperationException("A file has other statements than this code.");
        }

        return async steps =>
        {
            var lease = await writer.TransactAsync(now =>
            {
                var expires = now.AddSeconds(Documents.LeaseSeconds);
                claim["now"] = now;
                claim["expires"] = expires;
                var claimed = claim.Read(r => (Lease: new Lease(r.GetString(0), r.GetString(1), r.GetInt64(2)), Input: r.GetString(3)))[0].Lease;
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
            steps.Mark(Step.Checkout);

            await writer.TransactAsync(now =>
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
            steps.Mark(Step.Submit);
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

    private static string[] NewIds(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7().ToString().ToUpperInvariant())];

    private static void EnsureHeld(bool held)
    {
        if (!held)
        {
            throw new InvalidOperationException("The lease is lost.");
        }
    }

    private sealed record Lease(string Item, string Order, long Epoch);

    private sealed record PlannedRow(string Id, string Order, string Input);
}
