using WorkManager.Errors;

namespace WorkManager.OrderTypes.Validation;

/// <summary>The errors of one document, each at the place where the walker was.</summary>
internal sealed class ErrorList
{
    /// <summary>The most errors of one document, which may have a million wrong elements.</summary>
    internal const int MaxErrors = 1_000;

    private readonly List<ValidationError> errors = [];

    public FieldPath Path { get; } = new();

    /// <summary>Whether no more errors are recorded, so that the walk can end.</summary>
    public bool IsFull => errors.Count > MaxErrors;

    public IReadOnlyList<ValidationError> Errors => errors;

    public void Add(string code, string message)
    {
        if (errors.Count < MaxErrors)
        {
            errors.Add(new ValidationError(Path.ToString(), code, message));
        }
        else if (errors.Count == MaxErrors)
        {
            errors.Add(new ValidationError("", ValidationCodes.TooManyErrors, $"There are more errors; only the first {MaxErrors} are listed."));
        }
    }

    /// <summary>Puts the host's messages in place of ours, in the errors of this place that were added since there were <paramref name="known"/>.</summary>
    public void Reword(int known, JsonPropertyContract property)
    {
        var here = known < errors.Count ? Path.ToString() : null;
        for (var i = known; i < errors.Count; i++)
        {
            if (errors[i].Field == here)
            {
                errors[i] = errors[i] with { Message = property.MessageOf(errors[i].Code, errors[i].Message) };
            }
        }
    }

    public void Add(string name, string code, string message)
    {
        Path.Push(name);
        Add(code, message);
        Path.Pop();
    }
}
