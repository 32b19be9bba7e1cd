using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace WorkManager.Orders;

/// <summary>The few shapes that columns come in, so that every configuration reads as a list of columns.</summary>
/// <remarks>Every name is given explicitly: a naming convention or loop of the host's must not rename our tables.</remarks>
internal static class EntityMapping
{
    public const int KeyLength = 120;
    public const int ActorTypeLength = 50;
    public const int TextLength = 255;
    public const int HashLength = 64;
    public const int StateLength = 20;
    public const int TenantLength = 64;
    public const int TraceParentLength = 55;

    public static PropertyBuilder<string> Text(this PropertyBuilder<string> property, string column, int maxLength) =>
        property.HasColumnName(column).HasMaxLength(maxLength);

    public static PropertyBuilder<string?> OptionalText(this PropertyBuilder<string?> property, string column, int maxLength) =>
        property.HasColumnName(column).HasMaxLength(maxLength);

    public static void Hash(this PropertyBuilder<string?> property, string column) =>
        property.HasColumnName(column).HasMaxLength(HashLength).IsFixedLength();

    public static PropertyBuilder<TEnum> State<TEnum>(this PropertyBuilder<TEnum> property, string column, int maxLength = StateLength)
        where TEnum : struct, Enum =>
        property.HasColumnName(column).HasMaxLength(maxLength).HasConversion(new StateNameConverter<TEnum>());

    public static void State<TEnum>(this PropertyBuilder<TEnum?> property, string column, int maxLength)
        where TEnum : struct, Enum =>
        property.HasColumnName(column).HasMaxLength(maxLength).HasConversion(new StateNameConverter<TEnum>());

    public static void Time(this PropertyBuilder<DateTimeOffset> property, string column) =>
        property.HasColumnName(column).HasConversion(new UtcTimeConverter());

    public static void Time(this PropertyBuilder<DateTimeOffset?> property, string column) =>
        property.HasColumnName(column).HasConversion(new UtcTimeConverter());

    /// <summary>What the column holds where a statement leaves it out. The engine never does: EF Core has nothing to read back.</summary>
    public static void Default<T>(this PropertyBuilder<T> property, T value) => property.HasDefaultValue(value).ValueGeneratedNever();

    /// <summary>The check that keeps a state column to the names of its enum.</summary>
    public static void HasStateCheck<TEnum>(this TableBuilder table, string name, string column)
        where TEnum : struct, Enum =>
        table.HasCheckConstraint(name, $"{column} IN ({string.Join(", ", StateNames.All<TEnum>().Select(n => $"'{n}'"))})");
}
