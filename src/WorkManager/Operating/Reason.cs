using WorkManager.Errors;
using WorkManager.OrderTypes.Json;

namespace WorkManager.Operating;

/// <summary>Why an operator does something, for the audit trail.</summary>
internal static class Reason
{
    private const int MaxLength = 2_000;

    /// <exception cref="WorkValidationException">It is too long, or has a character that cannot be stored.</exception>
    public static void Check(string? reason)
    {
        if (reason is { Length: > MaxLength })
        {
            throw WorkValidationException.Argument("reason", ValidationCodes.MaxLength, $"The reason may have {MaxLength} characters.");
        }

        StorableText.Ensure("reason", reason);
    }
}
