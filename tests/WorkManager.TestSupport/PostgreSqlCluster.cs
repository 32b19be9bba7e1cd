namespace WorkManager.TestSupport;

/// <summary>The PostgreSQL server that the tests of this process share: started when the first one asks.</summary>
public static class PostgreSqlCluster
{
    private static readonly Lazy<Task<PostgreSqlServer>> Server = new(() => PostgreSqlServer.StartAsync());

    public static Task<PostgreSqlServer> GetAsync() => Server.Value;
}
