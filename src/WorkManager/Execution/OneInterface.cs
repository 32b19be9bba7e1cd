using System.Reflection;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace WorkManager.Execution;

/// <summary>Shows one interface of an interceptor that may have many.</summary>
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
