namespace WorkManager;

/// <summary>One thing that is wrong with a value.</summary>
/// <param name="Field">Dotted path of wire names from the root, such as <c>user.name</c> or <c>tags.0</c>; empty for the root itself.</param>
/// <param name="Code">Stable code, such as <c>schema.required</c>.</param>
/// <param name="Message">A sentence that is safe to show to an agent: it holds no value of the payload.</param>
public sealed record ValidationError(string Field, string Code, string Message);
