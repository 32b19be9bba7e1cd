namespace WorkManager.Execution;

/// <summary>The answer for one entry of a call for many that the database refused to store.</summary>
internal static class StoreRefusal
{
    public static WorkManagerException Of(Exception refused) => new(
        WorkErrorCodes.StoreRefused, "The database refused what was to be stored: by a constraint or a trigger. The inner exception says which.", refused);
}
