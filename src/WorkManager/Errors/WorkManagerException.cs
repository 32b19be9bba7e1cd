namespace WorkManager;

/// <summary>A rule of WorkManager was broken. Nothing was changed unless the operation says otherwise.</summary>
/// <remarks>Expected outcomes are results, not exceptions. The message is safe to show to an agent.</remarks>
public class WorkManagerException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">One of <see cref="WorkErrorCodes"/>.</param>
    /// <param name="message">A sentence that is safe to show to an agent.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public WorkManagerException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>The stable code, one of <see cref="WorkErrorCodes"/>.</summary>
    public string Code { get; }
}
