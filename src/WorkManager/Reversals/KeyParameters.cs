using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Reversals;

/// <summary>Keys as parameters of a command.</summary>
internal static class KeyParameters
{
    /// <summary>Adds the values of keys to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="properties">The properties of a key.</param>
    /// <param name="keys">The keys.</param>
    /// <returns>The keys in its text: <c>(@k0_0, @k0_1), (@k1_0, @k1_1)</c>.</returns>
    public static string Add(DbCommand command, IReadOnlyList<IProperty> properties, IEnumerable<object?[]> keys)
    {
        return string.Join(", ", keys.Select((key, row) => $"({string.Join(", ", key.Select((value, i) => AddValue(properties[i], $"k{row}_{i}", value)))})"));

        string AddValue(IProperty property, string name, object? value)
        {
            command.Parameters.Add(property.GetRelationalTypeMapping().CreateParameter(command, name, value, nullable: true));
            return $"@{name}";
        }
    }
}
