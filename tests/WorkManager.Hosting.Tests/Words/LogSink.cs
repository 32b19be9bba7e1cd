using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace WorkManager.Hosting.Tests.Words;

/// <summary>Keeps what the library logs.</summary>
public sealed class LogSink : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(string Name, LogLevel Level, string Text)> lines = new();

    public IEnumerable<(string Name, LogLevel Level, string Text)> Lines => lines;

    public IEnumerable<string> Names => lines.Select(l => l.Name);

    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("WorkManager.Hosting", StringComparison.Ordinal) ? this : NoLog.Instance;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue((eventId.Name ?? "", logLevel, formatter(state, exception)));

    private sealed class NoLog : ILogger
    {
        public static readonly NoLog Instance = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => false;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }
    }
}
