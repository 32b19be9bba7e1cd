using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace WorkManager;

/// <summary>What became of one item of a batch: its result, or what the single call would have thrown.</summary>
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
    /// <exception cref="WorkManagerException">There is none: it is <see cref="Error"/> that is thrown.</exception>
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

    /// <summary>Why there is no result; null if there is one. With <c>busy</c>, nothing is decided yet: send the item again.</summary>
    public WorkManagerException? Error { get; }

    /// <summary>What becomes of the result, if there is one.</summary>
    internal WorkOutcome<TNext> Then<TNext>(Func<T, WorkOutcome<TNext>> next) => Succeeded ? next(Value) : new(Error);
}
