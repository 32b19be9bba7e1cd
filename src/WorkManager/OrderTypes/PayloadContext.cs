namespace WorkManager;

/// <summary>A payload to be checked.</summary>
/// <typeparam name="TPayload">What the requester gives.</typeparam>
public sealed class PayloadContext<TPayload>
{
    private readonly List<ValidationError> errors = [];

    internal PayloadContext(TPayload payload) => Payload = payload;

    /// <summary>What the requester gives; its shape is checked already.</summary>
    public TPayload Payload { get; }

    internal IReadOnlyList<ValidationError> Errors => errors;

    /// <summary>Refuses the payload. Call it once for each error: the requester gets all of them.</summary>
    /// <param name="field">Dotted path of the field as the requester knows it, such as <c>products.0.id</c>; empty for the whole payload.</param>
    /// <param name="code">A stable code for programs.</param>
    /// <param name="message">A sentence that tells the requester what to do better.</param>
    public void Fail(string field, string code, string message)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentException.ThrowIfNullOrEmpty(code);
        ArgumentNullException.ThrowIfNull(message);
        errors.Add(new ValidationError(field, code, message));
    }
}
