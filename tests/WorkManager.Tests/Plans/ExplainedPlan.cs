using System.Data.Common;
using System.Text.Json.Nodes;

namespace WorkManager.Tests.Plans;

/// <summary>The plan that PostgreSQL has followed for a command, with what it has read.</summary>
internal static class ExplainedPlan
{
    /// <summary>Runs a command, undoes it, and returns its plan.</summary>
    public static async Task<JsonNode> ExplainAsync(DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) sent)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = SentCommands.Repeat(connection, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ", sent);
        var plan = JsonNode.Parse((string)(await command.ExecuteScalarAsync())!)![0]!["Plan"]!;
        await transaction.RollbackAsync();
        return plan;
    }

    /// <summary>What a command reads to find items or tenants: the pick of a claim, or all of a query.</summary>
    public static async Task<int> BuffersAsync(DbConnection connection, (string Text, IReadOnlyList<(string Name, object? Value)> Values) sent)
    {
        var plan = await ExplainAsync(connection, sent);
        return Buffers(Nodes(plan).SingleOrDefault(node => (string?)node["Subplan Name"] == "CTE pick") ?? plan);
    }

    public static int Buffers(JsonNode node) => (int)node["Shared Hit Blocks"]! + (int)node["Shared Read Blocks"]!;

    /// <summary>A node and all below it.</summary>
    public static IEnumerable<JsonNode> Nodes(JsonNode node) => [node, .. (node["Plans"]?.AsArray() ?? []).SelectMany(child => Nodes(child!))];
}
