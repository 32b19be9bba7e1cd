namespace WorkManager.Orders;

/// <summary>Marks a column that holds JSON text: <c>json</c> or <c>jsonb</c> on PostgreSQL, <c>TEXT</c> on SQLite.</summary>
/// <param name="binary">
/// Whether PostgreSQL may store it parsed. Only for what is searched: <c>jsonb</c> reorders members, so whatever is hashed or replayed stays <c>json</c>.
/// </param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class JsonColumnAttribute(bool binary = false) : Attribute
{
    public bool Binary { get; } = binary;
}
