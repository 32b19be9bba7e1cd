using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace WorkManager.TestSupport;

/// <summary>
/// A private PostgreSQL server on a free port of the loopback interface. It is gone with all its files when it is disposed or this process is gone, however
/// it ends.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Superuser = "postgres";

    // Many tests at once, each with a database and a pool of its own.
    private const string ManyConnections = "max_connections=300";

    // Databases live for seconds: workers that visit each of them only take time from the tests.
    private const string NoHousekeeping = "autovacuum=off";

    // Nothing in this server outlives the process, so nothing has to survive a crash of the machine.
    // What a test can observe (isolation, locks, visibility of commits) is as in production.
    private static readonly string[] FastButNotDurable = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

    private static readonly Lazy<(string? Folder, string? Problem)> Binaries = new(PostgreSqlBinaries.Find);

    private readonly Process keeper;
    private readonly string connectionString;

    private PostgreSqlServer(Process keeper, int port)
    {
        this.keeper = keeper;
        connectionString = $"Host=127.0.0.1;Port={port};Username={Superuser};Database=postgres;Include Error Detail=true";
        AppDomain.CurrentDomain.ProcessExit += EndWithProcess;
    }

    /// <summary>Why there can be no server here; null when there can.</summary>
    public static string? Unavailable => Binaries.Value.Problem;

    /// <summary>Where a client program is: beside the server, or in the PATH.</summary>
    public static string PathOf(string program)
    {
        var beside = Path.Combine(Binaries.Value.Folder ?? "", program);
        return File.Exists(beside) ? beside : program;
    }

    /// <summary>Starts a server.</summary>
    /// <param name="isDurable">Whether what it has committed survives <see cref="StopAsync"/>.</param>
    public static async Task<PostgreSqlServer> StartAsync(bool isDurable = false)
    {
        const int attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            var port = FindFreePort();
            var (keeper, problem) = await StartKeeperAsync(port, isDurable);
            if (problem is null)
            {
                return new PostgreSqlServer(keeper, port);
            }

            // Somebody else may have taken the port in the meantime.
            if (attempt == attempts)
            {
                throw new InvalidOperationException($"PostgreSQL in {Binaries.Value.Folder} did not start:{Environment.NewLine}{problem}");
            }
        }
    }

    /// <summary>Creates a database with a new name.</summary>
    /// <param name="template">Connection string of the database to copy; an empty database without one.</param>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = $"test_{Guid.NewGuid():N}";
        // Copying files takes a fifth of the time that the default, copying through the log, takes.
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {NameOf(template) ?? "template1"} STRATEGY file_copy");
        return new NpgsqlConnectionStringBuilder(connectionString) { Database = name }.ToString();
    }

    /// <summary>Drops a database, connected or not.</summary>
    public Task DropAsync(string database) => ExecuteAsync($"DROP DATABASE IF EXISTS {NameOf(database)} WITH (FORCE)");

    /// <summary>Stops the server as a crash would: nothing is ended, nobody is told.</summary>
    public async Task StopAsync()
    {
        await TellAsync("stop");
        await using var lost = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(lost);
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>; returns when it answers.</summary>
    public Task ContinueAsync() => TellAsync("start");

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithProcess;
        keeper.StandardInput.Close();
        await keeper.WaitForExitAsync();
        keeper.Dispose();
    }

    /// <summary>Ends all connections to a database and lets nobody in again. It can still be copied.</summary>
    internal async Task SealAsync(string database)
    {
        const int milliseconds = 10_000;
        await ExecuteAsync($"ALTER DATABASE {NameOf(database)} ALLOW_CONNECTIONS false");
        await ExecuteAsync($"SELECT pg_terminate_backend(pid, {milliseconds}) FROM pg_stat_activity WHERE datname = '{NameOf(database)}'");
    }

    private static string? NameOf(string? connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database;

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // Database names cannot be parameters; these are ours.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private async Task TellAsync(string command)
    {
        await keeper.StandardInput.WriteLineAsync(command);
        await keeper.StandardInput.FlushAsync();
        var answer = await keeper.StandardOutput.ReadLineAsync();
        if (answer != "done")
        {
            throw new InvalidOperationException($"PostgreSQL did not {command}:{Environment.NewLine}{answer}");
        }
    }

    /// <summary>
    /// The keeper is a small shell script that owns the server and waits on its standard input. That pipe closes when this
    /// process ends, by whatever means, and then the keeper stops the server and removes its folder.
    /// </summary>
    private static async Task<(Process Keeper, string? Problem)> StartKeeperAsync(int port, bool isDurable)
    {
        const string script = """
            trap '' INT TERM HUP
            bin=$1; settings=$2; place=$3
            cd /
            dir=$(mktemp -d "$place/workmanager-pg-XXXXXX" 2>/dev/null || mktemp -d /tmp/workmanager-pg-XXXXXX) || exit 1
            trap '"$bin/pg_ctl" stop -D "$dir/data" -m immediate >/dev/null 2>&1; rm -rf "$dir"' EXIT
            {
              "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync &&
              printf '%s\n' "$settings" "unix_socket_directories='$dir'" >> "$dir/data/postgresql.conf" &&
              "$bin/pg_ctl" start -D "$dir/data" -w
            } > "$dir/log" 2>&1 < /dev/null || { cat "$dir/log"; exit 1; }
            echo ready
            while read -r command; do
              case $command in
                stop) "$bin/pg_ctl" stop -D "$dir/data" -m immediate -w ;;
                start) "$bin/pg_ctl" start -D "$dir/data" -w ;;
              esac >> "$dir/log" 2>&1 < /dev/null && echo done || tail -n 20 "$dir/log" | tr '\n' ' '
            done
            """;

        var settings = string.Join(
            '\n', (string[])["listen_addresses='127.0.0.1'", $"port={port}", ManyConnections, NoHousekeeping, .. isDurable ? [] : FastButNotDurable]);

        // The server refuses to run as root.
        string[] asSuperuser = Environment.IsPrivilegedProcess ? ["runuser", "-u", Superuser, "--"] : [];
        string[] command = [.. asSuperuser, "sh", "-c", script, "keeper", Binaries.Value.Folder!, settings, FastFolder.Place];
        var keeper = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

        var line = await keeper.StandardOutput.ReadLineAsync();
        return line == "ready" ? (keeper, null) : (keeper, line + Environment.NewLine + await keeper.StandardOutput.ReadToEndAsync());
    }

    private void EndWithProcess(object? sender, EventArgs e)
    {
        keeper.StandardInput.Close();
        keeper.WaitForExit(TimeSpan.FromSeconds(5));
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
