using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using WorkManager.TestSupport;

namespace WorkManager.Load.Databases;

/// <summary>The server that is measured: a private one with durable settings, gone with all its files when the program ends, or one that was named.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string Superuser = "postgres";

    // A commit is on the disk when it returns, as in production. The rest is what anybody would set on a machine of this kind.
    private static readonly string[] Settings =
    [
        "fsync=on", "synchronous_commit=on", "full_page_writes=on", "autovacuum=on",
        "shared_buffers=512MB", "max_wal_size=4GB", "max_connections=200",
    ];

    private readonly Process? keeper;

    private PostgreSqlServer(string connectionString, Process? keeper)
    {
        ConnectionString = connectionString;
        this.keeper = keeper;
    }

    public string ConnectionString { get; }

    public static async Task<PostgreSqlServer> OpenAsync(string? connectionString)
    {
        if (connectionString is not null)
        {
            return new PostgreSqlServer(connectionString, keeper: null);
        }

        var (folder, problem) = PostgreSqlBinaries.Find();
        if (folder is null)
        {
            throw new InvalidOperationException(problem);
        }

        var port = FindFreePort();
        var keeper = await StartKeeperAsync(folder, port);
        return new PostgreSqlServer($"Host=127.0.0.1;Port={port};Username={Superuser};Database=postgres", keeper);
    }

    /// <summary>Where a client program is: beside the server, or in the PATH.</summary>
    public static string PathOf(string program)
    {
        var beside = Path.Combine(PostgreSqlBinaries.Find().Folder ?? "", program);
        return File.Exists(beside) ? beside : program;
    }

    public async Task<PostgreSqlDatabase> CreateDatabaseAsync(string name)
    {
        var unique = $"workmanager_load_{name}_{Environment.ProcessId}";
        await ExecuteAsync($"CREATE DATABASE {unique}");
        return await PostgreSqlDatabase.CreateAsync(this, unique);
    }

    public async Task DropDatabaseAsync(string name)
    {
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    /// <summary>The version and the settings that matter here.</summary>
    public async Task<IReadOnlyDictionary<string, string>> DescribeAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT name, current_setting(name) FROM pg_settings
            WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'autovacuum', 'shared_buffers', 'max_wal_size',
                'max_connections', 'wal_sync_method', 'data_checksums')
            ORDER BY name
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new Dictionary<string, string>();
        while (await reader.ReadAsync())
        {
            found[reader.GetString(0)] = reader.GetString(1);
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        if (keeper is not null)
        {
            keeper.StandardInput.Close();
            await keeper.WaitForExitAsync();
            keeper.Dispose();
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// The keeper is a small shell script that owns the server and waits on its standard input. That pipe closes when this process ends,
    /// by whatever means, and then the keeper stops the server and removes its folder.
    /// </summary>
    private static async Task<Process> StartKeeperAsync(string folder, int port)
    {
        const string script = """
            trap '' INT TERM HUP
            bin=$1; settings=$2
            cd /
            dir=$(mktemp -d "${TMPDIR:-/tmp}/workmanager-load-XXXXXX" 2>/dev/null || mktemp -d /tmp/workmanager-load-XXXXXX) || exit 1
            trap '"$bin/pg_ctl" stop -D "$dir/data" -m immediate >/dev/null 2>&1; rm -rf "$dir"' EXIT
            {
              "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C &&
              printf '%s\n' "$settings" "unix_socket_directories='$dir'" >> "$dir/data/postgresql.conf" &&
              "$bin/pg_ctl" start -D "$dir/data" -w
            } > "$dir/log" 2>&1 < /dev/null || { cat "$dir/log"; exit 1; }
            echo ready
            cat > /dev/null
            """;

        var settings = string.Join('\n', (string[])["listen_addresses='127.0.0.1'", $"port={port}", .. Settings]);

        // The server refuses to run as root.
        string[] asSuperuser = Environment.IsPrivilegedProcess ? ["runuser", "-u", Superuser, "--"] : [];
        string[] command = [.. asSuperuser, "sh", "-c", script, "keeper", folder, settings];
        var keeper = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

        var line = await keeper.StandardOutput.ReadLineAsync();
        return line == "ready" ? keeper : throw new InvalidOperationException(
            $"PostgreSQL in {folder} did not start:{Environment.NewLine}{line}{Environment.NewLine}{await keeper.StandardOutput.ReadToEndAsync()}");
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
