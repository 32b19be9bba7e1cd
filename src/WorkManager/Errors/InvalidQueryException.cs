namespace WorkManager;

/// <summary>A filter, sort or page argument is not valid (<c>invalid_query</c>, <c>invalid_cursor</c>).</summary>
public sealed class InvalidQueryException : WorkManagerException
{
    internal InvalidQueryException(string code, string message)
        : base(code, message)
    {
    }
}
