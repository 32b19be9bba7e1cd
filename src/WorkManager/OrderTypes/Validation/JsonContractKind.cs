namespace WorkManager.OrderTypes.Validation;

/// <summary>The JSON type that a contract asks for.</summary>
internal enum JsonContractKind
{
    /// <summary>Every JSON value is valid.</summary>
    Any,

    /// <summary>A converter of the host reads it: only deserialization can tell whether a value is valid.</summary>
    Opaque,

    Boolean,
    String,
    Integer,
    Number,
    Array,

    /// <summary>An object whose names are data.</summary>
    Dictionary,

    /// <summary>An object whose names are members of a type.</summary>
    Object,
}
