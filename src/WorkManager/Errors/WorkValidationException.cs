namespace WorkManager;

/// <summary>A payload, result or argument breaks rules (<c>validation_failed</c>, <c>parts_missing</c>, <c>empty_plan</c>). All errors are listed.</summary>
public sealed class WorkValidationException : WorkManagerException
{
    internal WorkValidationException(string subject, IReadOnlyList<ValidationError> errors, string code = WorkErrorCodes.ValidationFailed)
        : base(code, $"The {subject} is not valid: {Describe(errors)}")
        => Errors = errors;

    /// <summary>Every error that was found, at least one.</summary>
    public IReadOnlyList<ValidationError> Errors { get; }

    internal static WorkValidationException Argument(string field, string code, string message) =>
        new("request", [new ValidationError(field, code, message)]);

    private static string Describe(IReadOnlyList<ValidationError> errors) =>
        string.Join(" ", errors.Take(3).Select(e => e.Field.Length == 0 ? e.Message : $"{e.Field}: {e.Message}"))
        + (errors.Count > 3 ? $" (and {errors.Count - 3} more)" : "");
}
