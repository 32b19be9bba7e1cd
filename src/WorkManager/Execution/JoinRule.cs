namespace WorkManager.Execution;

/// <summary>What a verb does with a transaction that the caller has open on the host's context.</summary>
internal enum JoinRule
{
    /// <summary>Becomes part of it: "the order and my rows together".</summary>
    Joins,

    /// <summary>
    /// Refuses it. A caller that holds its own rows and approves would deadlock with an apply that holds the order, and a lease that its caller
    /// can roll back is none.
    /// </summary>
    Refuses,
}
