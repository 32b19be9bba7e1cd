namespace WorkManager;

/// <summary>The tables of WorkManager are missing or older than the package (<c>schema_missing</c>, <c>schema_outdated</c>).</summary>
public sealed class WorkManagerSchemaException : WorkManagerException
{
    internal WorkManagerSchemaException(string code, string message)
        : base(code, message)
    {
    }
}
