using Npgsql;
using NpgsqlTypes;
using WorkManager.Load.Databases;
using WorkManager.Load.Measuring;

namespace WorkManager.Load.Systems.Limit;

/// <summary>Plain Npgsql: one statement an operation, which is its own transaction; for a bulk of proposals one batch.</summary>
internal sealed class PostgreSqlLimit(PostgreSqlDatabase database) : ILimit
{
    private const string Provider = "postgresql";

    public IReadOnlyList<StepCost> CostOfSingle { get; } = [new(Latencies.Whole, 2, 2), new(Step.Checkout, 1, 1), new(Step.Submit, 1, 1)];

    public IReadOnlyList<StepCost> CostOfLife { get; } =
        [new(Latencies.Whole, 4, 4), .. ((string[])[Step.Propose, Step.Checkout, Step.Submit, Step.Approve]).Select(step => new StepCost(step, 1, 1))];

    public IReadOnlyList<StepCost> CostOfBatch(int size) => [.. CostOfSingle.Select(c => new StepCost(c.Step, c.Statements / size, c.RoundTrips / size))];

    public IReadOnlyList<StepCost> CostOfPropose(int orders, int items) =>
        [.. ((string[])[Latencies.Whole, Step.Propose]).Select(step => new StepCost(step, 4.0 / (orders * items), 1.0 / (orders * items)))];

    public ISession Single() => new Session(async () =>
    {
        var connection = await OpenAsync();
        var work = await PrepareWorkAsync(connection);
        return new Caller(async steps =>
        {
            EnsureHeld(await work.CheckoutAsync());
            steps.Mark(Step.Checkout);
            await work.SubmitAsync();
            steps.Mark(Step.Submit);
            return 1;
        }, owned: connection);
    });

    public ISession Life() => new Session(async () =>
    {
        var connection = await OpenAsync();
        var order = new NpgsqlParameter<Guid>("order", Guid.Empty);
        var item = new NpgsqlParameter<Guid>("item", Guid.Empty);
        var propose = await PrepareAsync(connection, "propose",
        [
            order, item, Text("type", LoadWork.Key), Text("requester", Documents.Requester), Text("input", Documents.Input),
            Text("payload", Documents.SmallOrder), Text("payload_hash", Documents.SmallOrderHash),
            Text("proposed_hash", Documents.EventHash(Documents.SmallOrder)),
            Text("planned", Documents.Planned(1)), Text("planned_hash", Documents.EventHash(Documents.Planned(1))),
        ]);
        var work = await PrepareWorkAsync(connection);
        var applied = new NpgsqlParameter<Guid>("order", Guid.Empty);
        var decision = new NpgsqlParameter<Guid>("decision", Guid.Empty);
        var finding = Text("finding", "");
        var approve = await PrepareAsync(connection, "approve",
        [
            applied, decision, finding, Text("reviewer", Documents.Reviewer), Text("nothing_hash", Documents.NothingHash),
            Text("accepted_hash", Documents.ItemAcceptedHash), Text("item_hash", Documents.ItemCompletedHash), Text("order_hash", Documents.OrderCompletedHash),
        ]);
        return new Caller(async steps =>
        {
            (order.TypedValue, item.TypedValue) = (Guid.CreateVersion7(), Guid.CreateVersion7());
            await propose.ExecuteNonQueryAsync();
            steps.Mark(Step.Propose);
            // There is one item for each caller, and a claim that is overtaken may still find none.
            while (!await work.CheckoutAsync())
            {
            }

            steps.Mark(Step.Checkout);
            await work.SubmitAsync();
            steps.Mark(Step.Submit);
            (applied.TypedValue, decision.TypedValue, finding.TypedValue) = (work.Order, Guid.CreateVersion7(), Guid.CreateVersion7().ToString());
            await approve.ExecuteNonQueryAsync();
            steps.Mark(Step.Approve);
            return 1;
        }, owned: connection);
    });

    public ISession Batch(int size) => new Session(async () =>
    {
        var connection = await OpenAsync();
        var checkout = await PrepareAsync(connection, "checkout-batch", [.. CheckoutValues(), new NpgsqlParameter<int>("count", size)]);
        var items = new NpgsqlParameter<Guid[]>("items", []);
        var orders = new NpgsqlParameter<Guid[]>("orders", []);
        var epochs = new NpgsqlParameter<long[]>("epochs", []);
        var submit = await PrepareAsync(connection, "submit-batch", [.. SubmitValues(), items, orders, epochs]);
        return new Caller(async steps =>
        {
            await Deadlocks.RetryAsync(async () =>
            {
                await using var reader = await checkout.ExecuteReaderAsync();
                await reader.ReadAsync();
                items.TypedValue = reader.GetFieldValue<Guid[]>(0);
                orders.TypedValue = reader.GetFieldValue<Guid[]>(1);
                epochs.TypedValue = reader.GetFieldValue<long[]>(2);
                return reader.GetFieldValue<string[]>(3);
            });
            var count = items.TypedValue!.Length;
            steps.Mark(Step.Checkout);
            EnsureHeld(await Deadlocks.RetryAsync(() => submit.ExecuteNonQueryAsync()) >= 2 * count);
            steps.Mark(Step.Submit);
            return count;
        }, owned: connection);
    });

    public ISession Propose(int orders, int items) => new Session(async () =>
    {
        var connection = await OpenAsync();
        return new Caller(async steps =>
        {
            var ids = NewIds(orders);
            await using var batch = Bulk(connection, new()
            {
                ["orders"] = ids, ["items"] = NewIds(orders * items), ["orders_of_items"] = ids.SelectMany(id => Enumerable.Repeat(id, items)).ToArray(),
                ["inputs"] = Enumerable.Repeat(Documents.Input, orders * items).ToArray(), ["item_count"] = items,
                ["type"] = LoadWork.Key, ["requester"] = Documents.Requester, ["payload"] = Documents.Order, ["payload_hash"] = Documents.OrderHash,
                ["proposed_hash"] = Documents.EventHash(Documents.Order),
                ["planned"] = Documents.Planned(items), ["planned_hash"] = Documents.EventHash(Documents.Planned(items)),
            });
            await batch.ExecuteNonQueryAsync();
            steps.Mark(Step.Propose);
            return orders * items;
        }, owned: connection);
    });

    // The statements of a batch are one transaction, and one round trip.
    private static NpgsqlBatch Bulk(NpgsqlConnection connection, Dictionary<string, object> values)
    {
        var batch = new NpgsqlBatch(connection);
        foreach (var statement in SqlFile.ReadStatements(Provider, "propose-bulk"))
        {
            var command = new NpgsqlBatchCommand(statement);
            foreach (var name in SqlFile.ParametersOf(statement))
            {
                command.Parameters.AddWithValue(name, values[name]);
            }

            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    private static NpgsqlParameter[] CheckoutValues() =>
    [
        Text("holder", Documents.Agent), new NpgsqlParameter<int>("seconds", Documents.LeaseSeconds),
        Text("agent", Documents.CheckedOut), Text("agent_hash", Documents.CheckedOutHash),
    ];

    private static NpgsqlParameter[] SubmitValues() =>
    [
        Text("holder", Documents.Agent), Text("result", Documents.Result), Text("result_hash", Documents.ResultHash),
        Text("payload", Documents.Submitted), Text("payload_hash", Documents.SubmittedHash),
        Text("nothing_hash", Documents.NothingHash), Text("all_hash", Documents.AllSubmittedHash),
    ];

    private static NpgsqlParameter<string> Text(string name, string value) => new(name, NpgsqlDbType.Text) { TypedValue = value };

    private static Guid[] NewIds(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];

    private static void EnsureHeld(bool held)
    {
        if (!held)
        {
            throw new InvalidOperationException("The lease is lost.");
        }
    }

    private static async Task<Work> PrepareWorkAsync(NpgsqlConnection connection)
    {
        var checkout = await PrepareAsync(connection, "checkout", CheckoutValues());
        var item = new NpgsqlParameter<Guid>("item", Guid.Empty);
        var order = new NpgsqlParameter<Guid>("order", Guid.Empty);
        var epoch = new NpgsqlParameter<long>("epoch", NpgsqlDbType.Bigint);
        return new Work(checkout, await PrepareAsync(connection, "submit", [.. SubmitValues(), item, order, epoch]), item, order, epoch);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<NpgsqlCommand> PrepareAsync(NpgsqlConnection connection, string name, NpgsqlParameter[] values)
    {
        var command = new NpgsqlCommand(SqlFile.Read(Provider, name), connection);
        command.Parameters.AddRange(values);
        await command.PrepareAsync();
        return command;
    }

    /// <summary>Works on one item after the other.</summary>
    private sealed class Work(
        NpgsqlCommand checkout, NpgsqlCommand submit, NpgsqlParameter<Guid> item, NpgsqlParameter<Guid> order, NpgsqlParameter<long> epoch)
    {
        /// <summary>The order of the item.</summary>
        public Guid Order => order.TypedValue;

        /// <summary>Leases an item, if there is one.</summary>
        public Task<bool> CheckoutAsync() => Deadlocks.RetryAsync(async () =>
        {
            await using var reader = await checkout.ExecuteReaderAsync();
            if (!await reader.ReadAsync())
            {
                return false;
            }

            (item.TypedValue, order.TypedValue, epoch.TypedValue) = (reader.GetGuid(0), reader.GetGuid(1), reader.GetInt64(2));
            _ = reader.GetString(3);
            return true;
        });

        public async Task SubmitAsync() => EnsureHeld(await Deadlocks.RetryAsync(() => submit.ExecuteNonQueryAsync()) >= 2);
    }
}
