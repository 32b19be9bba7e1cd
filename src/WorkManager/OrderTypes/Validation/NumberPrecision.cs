namespace WorkManager.OrderTypes.Validation;

/// <summary>The .NET type behind a JSON number; it decides what is out of range.</summary>
internal enum NumberPrecision
{
    Decimal,
    Double,
    Single,
}
