namespace WorkManager.Execution;

/// <summary>What a verb does with a transaction that the caller has open on the host's context.</summary>
internal enum JoinRule
{
    /// <summary>The verb becomes part of it: the caller's rows and the verb's are committed together.</summary>
    Joins,

    /// <summary>
    /// The verb throws. A lease must not be rolled back by its caller after it was handed out. And an approval inside the caller's transaction could deadlock:
    /// the caller has locked its own rows and waits for the order, while an apply has locked the order and waits for those rows.
    /// </summary>
    Refuses,
}
