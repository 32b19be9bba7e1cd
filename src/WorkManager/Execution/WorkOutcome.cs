using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace WorkManager;

/// <summary>The outcome of one entry of a batch: its result, or the exception that the single call would have thrown.</summary>
/// <typeparam name="T">The result.</typeparam>
public sealed class WorkOutcome<T>
{
    private readonly T? value;

    internal WorkOutcome(T value) => this.value = value;

    internal WorkOutcome(WorkManagerException error) => Error = error;

    /// <summary>Whether there is a result.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    /// <summary>The result.</summary>
    /// <exception cref="WorkManagerException">There is no result. The exception is <see cref="Error"/>.</exception>
    public T Value
    {
        get
        {
            if (Error is not null)
            {
                ExceptionDispatchInfo.Throw(Error);
            }

            return value!;
        }
    }

    /// <summary>The reason why there is no result; null if there is one. The code <c>busy</c> means that nothing was done yet: send the entry again.</summary>
    public WorkManagerException? Error { get; }

    /// <summary>Passes the result on to <paramref name="next"/> if there is one, and keeps the error otherwise.</summary>
    internal WorkOutcome<TNext> Then<TNext>(Func<T, WorkOutcome<TNext>> next) => Succeeded ? next(Value) : new(Error);
}
