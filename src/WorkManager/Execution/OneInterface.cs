using System.Reflection;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Execution;

/// <summary>A proxy for an interceptor that implements one of its interfaces only, so that EF Core does not call the others.</summary>
internal class OneInterface<TInterceptor> : DispatchProxy
    where TInterceptor : class, IInterceptor
{
    private object? target;

    public static IInterceptor Of(IInterceptor interceptor)
    {
        var proxy = Create<TInterceptor, OneInterface<TInterceptor>>();
        ((OneInterface<TInterceptor>)(object)proxy).target = interceptor;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        try
        {
            return targetMethod!.Invoke(target, args);
        }
        catch (TargetInvocationException failure) when (failure.InnerException is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.InnerException);
            throw;
        }
    }
}
