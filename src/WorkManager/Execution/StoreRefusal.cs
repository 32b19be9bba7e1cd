namespace WorkManager.Execution;

/// <summary>The answer for one entry of a call for many that the database refused to store.</summary>
internal static class StoreRefusal
{
    /// <summary>Why a call for one of many was refused, by a rule or by the database; null if it has failed in another way.</summary>
    public static WorkManagerException? Find(Exception failure, IStoreDialect dialect) =>
        failure as WorkManagerException ?? (dialect.RefusesToStore(failure) ? Of(failure) : null);

    public static WorkManagerException Of(Exception refused) => new(
        WorkErrorCodes.StoreRefused, "The database refused what was to be stored: by a constraint or a trigger. The inner exception says which.", refused);
}
