using Microsoft.Extensions.DependencyInjection;

namespace WorkManager.Execution;

/// <summary>Makes the scopes in which calls, applies and the steps after a commit run.</summary>
internal sealed class WorkScopes(IServiceScopeFactory scopes, IEnumerable<ScopeCarrier> carriers)
{
    private readonly ScopeCarrier[] carriers = [.. carriers];

    /// <summary>A scope for a call.</summary>
    /// <param name="caller">The scope that the call came from; null if it came from none.</param>
    public async ValueTask<AsyncServiceScope> CreateForAsync(IServiceProvider? caller)
    {
        var scope = scopes.CreateAsyncScope();
        if (caller is null)
        {
            return scope;
        }

        try
        {
            foreach (var carrier in carriers)
            {
                carrier.Copy(caller, scope.ServiceProvider);
            }

            return scope;
        }
        catch
        {
            await scope.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
