using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace WorkManager.Providers;

internal static class InterceptorExtensions
{
    /// <summary>Whether a context has interceptors of a kind, beside one kind of the engine's own.</summary>
    /// <typeparam name="TInterceptor">The kind.</typeparam>
    /// <param name="db">The context.</param>
    /// <param name="except">The engine's own; null if it has none of the kind.</param>
    public static bool HasInterceptor<TInterceptor>(this DbContext db, TInterceptor? except = null)
        where TInterceptor : class, IInterceptor =>
        db.GetService<IDbContextOptions>().FindExtension<CoreOptionsExtension>()?.Interceptors?.Any(i => i is TInterceptor && i != except) == true;
}
