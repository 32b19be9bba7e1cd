namespace WorkManager.TestSupport;

/// <summary>The databases on which every persistence promise is kept.</summary>
public enum Provider
{
    Sqlite,
    PostgreSql,
}
