using System.Text.RegularExpressions;

namespace WorkManager.Tests.WholeRows;

/// <summary>Steps of an operation that are not part of its transaction: they may be done, or be missing, when another one fails.</summary>
internal static partial class SeparateSteps
{
    /// <summary>Whether what was written is what may be left by an operation of which a command failed.</summary>
    /// <param name="test">The test.</param>
    /// <param name="hasThrown">Whether the caller was told.</param>
    /// <param name="expected">What the operation writes without a fault.</param>
    /// <param name="written">What was written.</param>
    public static bool Explain(string test, bool hasThrown, string expected, string written) => test switch
    {
        // Of several tenants, it gives what it has got.
        "A_claim_from_all_tenants" => Blocks(written, AfterTheCommit).IsSubsetOf(Blocks(expected, AfterTheCommit)),
        // A claim first gives back what has run out, and that stands by itself.
        _ when test.StartsWith("A_claim", StringComparison.Ordinal) => hasThrown && !written.Contains("event: leased\n", StringComparison.Ordinal),
        // The message and the last step of an approval come after its commit, at most once. What waits for the order is told then, too, else by a duty.
        "An_approval_for_which_an_order_waits" =>
            !hasThrown && Blocks(written, AfterTheCommit) is var left && left.IsSubsetOf(Blocks(expected, AfterTheCommit))
                && left.Any(b => b.Contains("event: completed", StringComparison.Ordinal)),
        _ when test.StartsWith("An_approval", StringComparison.Ordinal) =>
            !hasThrown && Blocks(expected, AfterTheCommit).SetEquals(Blocks(written, AfterTheCommit)),
        // If it is not known whether a refusal was recorded, it is recorded again: the item has one more revision.
        _ when test.Contains("is_refused", StringComparison.Ordinal) => Revision().Replace(expected, "") == Revision().Replace(written, ""),
        // If it is not known whether a lease was extended, it is extended again.
        _ when test.StartsWith("Heartbeats", StringComparison.Ordinal) =>
            !hasThrown && Blocks(expected, OfHeartbeats).SetEquals(Blocks(written, OfHeartbeats)),
        // What is busy is told in the answer.
        "A_revocation_of_the_leases_of_an_order" or "An_extension_of_leases" => !hasThrown && written == RowText.Nothing,
        _ => false,
    };

    private static readonly Regex AfterTheCommit = AfterTheCommitText();
    private static readonly Regex OfHeartbeats = HeartbeatText();

    // Without their numbers: those of what is missing are free.
    private static HashSet<string> Blocks(string text, Regex leftOut) =>
        [.. text.Trim().Split("\n\n").Where(b => !leftOut.IsMatch(b)).Select(b => Numbers().Replace(b, ": n"))];

    [GeneratedRegex("Text: (after the commit|told of)")]
    private static partial Regex AfterTheCommitText();

    [GeneratedRegex("event: heartbeat")]
    private static partial Regex HeartbeatText();

    [GeneratedRegex(@": \d+(?=\n|$)")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"revision: \d+ → \d+")]
    private static partial Regex Revision();
}
