using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace WorkManager;

/// <summary>Stores a time as UTC: <c>timestamptz</c> on PostgreSQL, sortable text on SQLite.</summary>
/// <remarks>
/// The SQLite provider can neither compare nor order <see cref="DateTimeOffset"/>, hence the way through <see cref="DateTime"/>.
/// Public because a host's compiled model calls it.
/// </remarks>
public sealed class UtcTimeConverter() : ValueConverter<DateTimeOffset, DateTime>(
    v => v.UtcDateTime,
    v => new DateTimeOffset(DateTime.SpecifyKind(v, DateTimeKind.Utc)));
