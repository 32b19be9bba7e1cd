namespace WorkManager.Errors;

/// <summary>The codes of <see cref="ValidationError"/> that the library itself gives.</summary>
internal static class ValidationCodes
{
    public const string Required = "schema.required";

    /// <summary>
    /// A value of another JSON type; nothing more is said about that field. Null where null is not allowed is this, too:
    /// the exported schema says both with the one keyword <c>type</c>.
    /// </summary>
    public const string TypeMismatch = "schema.type_mismatch";

    public const string EnumInvalid = "schema.enum_invalid";
    public const string MinLength = "schema.min_length";
    public const string MaxLength = "schema.max_length";
    public const string Pattern = "schema.pattern";
    public const string Format = "schema.format";
    public const string Minimum = "schema.minimum";
    public const string Maximum = "schema.maximum";
    public const string MinItems = "schema.min_items";
    public const string MaxItems = "schema.max_items";
    public const string UnknownProperty = "schema.unknown_property";
    public const string DuplicateProperty = "schema.duplicate_property";

    /// <summary>A character that not every supported database can store.</summary>
    public const string InvalidCharacter = "schema.invalid_character";

    public const string MaxDepth = "schema.max_depth";

    /// <summary>Stands last in a list that was cut: there is more to correct than the list says.</summary>
    public const string TooManyErrors = "schema.too_many_errors";

    /// <summary>A number, count or time of a request, not of a document.</summary>
    public const string OutOfRange = "out_of_range";

    /// <summary>What only deserialization finds out.</summary>
    public const string Invalid = "schema.invalid";
}
