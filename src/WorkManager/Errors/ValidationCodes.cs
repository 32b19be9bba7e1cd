namespace WorkManager.Errors;

/// <summary>The codes of <see cref="ValidationError"/> that the library itself gives.</summary>
internal static class ValidationCodes
{
    public const string Required = "schema.required";

    /// <summary>
    /// The value has another JSON type. The field then gets no further error. Null where null is not allowed has this code, too,
    /// because the exported schema expresses both with the keyword <c>type</c>.
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

    /// <summary>The last error of a list that was cut off: there are more errors than the list has.</summary>
    public const string TooManyErrors = "schema.too_many_errors";

    /// <summary>An argument of a call, not a value in a document, is out of its range.</summary>
    public const string OutOfRange = "out_of_range";

    /// <summary>A validation attribute that has no code of its own, or the object's own <c>Validate</c>, refused the value.</summary>
    public const string Rule = "schema.rule";

    /// <summary>An error that only deserialization finds.</summary>
    public const string Invalid = "schema.invalid";
}
