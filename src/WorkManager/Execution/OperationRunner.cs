using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using WorkManager.Diagnostics;
using WorkManager.Orders;
using WorkManager.Persistence;
using WorkManager.Persistence.HostModel;

namespace WorkManager.Execution;

/// <summary>Runs every call of every verb and query: finds its scope, context and tenant, checks the schema, traces and measures.</summary>
internal sealed class OperationRunner(
    WorkScopes scopes, OwningContext owner, WorkTransactions transactions, Repetition repetition, WorkClock clock, SchemaGuard schema,
    Telemetry telemetry, IdGenerator ids)
{
    /// <summary>Runs a verb.</summary>
    public Task<Completed<TResult>> RunAsync<TRequest, TResult>(
        IVerb<TRequest, TResult> verb, WorkSession session, TRequest request, CancellationToken cancellationToken) =>
        RunAsync(verb, session, request, result => result, cancellationToken);

    /// <summary>Runs a verb, and makes the answer of its result: what the answer throws is the error of the operation.</summary>
    public Task<Completed<TAnswer>> RunAsync<TRequest, TResult, TAnswer>(
        IVerb<TRequest, TResult> verb, WorkSession session, TRequest request, Func<TResult, TAnswer> answer, CancellationToken cancellationToken) =>
        RunAsync(verb.Operation, session, async context =>
        {
            await schema.EnsureAsync(context).ConfigureAwait(false);
            return answer(await verb.ExecuteAsync(context, request, cancellationToken).ConfigureAwait(false));
        }, cancellationToken);

    /// <summary>Runs a query.</summary>
    public async Task<TResult> ReadAsync<TResult>(
        string name, WorkSession session, Func<OperationContext, Task<TResult>> query, CancellationToken cancellationToken) =>
        (await RunAsync(new Operation(name, JoinRule.Joins), session, async context =>
        {
            await schema.EnsureAsync(context).ConfigureAwait(false);
            return await query(context).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false)).Result;

    /// <summary>Checks the schema, even if it was checked before.</summary>
    public Task CheckSchemaAsync(WorkSession session, CancellationToken cancellationToken) =>
        RunAsync(new Operation("check_schema", JoinRule.Joins), session, async context =>
        {
            await schema.CheckAsync(context).ConfigureAwait(false);
            return true;
        }, cancellationToken);

    private async Task<Completed<TResult>> RunAsync<TResult>(
        Operation operation, WorkSession session, Func<OperationContext, Task<TResult>> step, CancellationToken cancellationToken)
    {
        using var activity = telemetry.Start(operation.Name, operation.ActivityName, session.Actor);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return session.Services is { } services
                ? await RunInAsync(services, operation, session, step, activity).ConfigureAwait(false)
                : await RunInNewScopeAsync(operation, session, step, activity).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            activity.Fail(failure);
            throw;
        }
    }

    private async Task<Completed<TResult>> RunInNewScopeAsync<TResult>(
        Operation operation, WorkSession session, Func<OperationContext, Task<TResult>> step, OperationActivity activity)
    {
        var scope = await scopes.CreateForAsync(caller: null).ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            return await RunInAsync(scope.ServiceProvider, operation, session, step, activity).ConfigureAwait(false);
        }
    }

    private async Task<Completed<TResult>> RunInAsync<TResult>(
        IServiceProvider services, Operation operation, WorkSession session, Func<OperationContext, Task<TResult>> step, OperationActivity activity)
    {
        var host = session.Host ?? owner.Resolve(services);
        var joined = FindTransaction(host, operation);
        var context = new OperationContext(
            ids.Next(), operation, session.Actor, TenantOf(session, services), services, host, joined, session.Host is not null, transactions, repetition,
            clock, activity);
        var result = await step(context).ConfigureAwait(false);
        // The caller's transaction is not committed yet, and nothing tells the engine when it is: so subscribers are told nothing.
        return new(result, joined is null ? context.Facts : []);
    }

    private static TenantScope TenantOf(WorkSession session, IServiceProvider services) =>
        session.Tenant ?? TenantFlow.Current ?? TenantScope.Of(services.GetRequiredService<IWorkTenantProvider>().TenantId);

    private static IDbContextTransaction? FindTransaction(DbContext host, Operation operation)
    {
        if (ApplyScope.Host is { } applying && applying != host)
        {
            throw new WorkManagerException(
                WorkErrorCodes.ForeignContext,
                "WorkManager was called inside an apply, but with another context than that of the apply. "
                + "Use the IWorkOrderManager that is injected into the order type.");
        }

        var transaction = host.Database.CurrentTransaction;
        if (transaction is not null && operation.Join == JoinRule.Refuses)
        {
            throw new WorkManagerException(
                WorkErrorCodes.TransactionNotAllowed,
                $"'{operation.Name}' cannot join your transaction: its result must be committed when it returns. Call it before or after your transaction.");
        }

        if (transaction is null && (Transaction.Current is not null || host.Database.GetEnlistedTransaction() is not null))
        {
            throw new WorkManagerException(
                WorkErrorCodes.TransactionNotAllowed,
                "WorkManager cannot join a TransactionScope. Use Database.BeginTransactionAsync() on your context instead.");
        }

        return transaction;
    }
}
