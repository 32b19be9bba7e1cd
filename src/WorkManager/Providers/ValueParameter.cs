using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Storage;

namespace WorkManager.Providers;

/// <summary>A parameter of a command that is kept: its value comes with each call, and the driver finds the type by the value.</summary>
internal sealed class ValueParameter(int number) : IRelationalParameter
{
    private static readonly ConcurrentDictionary<int, string> Names = [];

    public string InvariantName { get; } = NameOf(number);

    /// <summary>The name of the parameter with a number.</summary>
    public static string NameOf(int number) => Names.GetOrAdd(number, static n => $"p{n}");

    public void AddDbParameter(DbCommand command, IReadOnlyDictionary<string, object?>? parameterValues) =>
        AddDbParameter(command, parameterValues![InvariantName]);

    public void AddDbParameter(DbCommand command, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = InvariantName;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
