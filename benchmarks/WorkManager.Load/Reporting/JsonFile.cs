using System.Text.Encodings.Web;
using System.Text.Json;

namespace WorkManager.Load.Reporting;

/// <summary>The report for programs. Its names are those of the records, in snake_case.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public static Task WriteAsync(string path, Report report) => File.WriteAllTextAsync(path, JsonSerializer.Serialize(report, Options) + "\n");
}
