using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace WorkManager.Persistence.HostModel;

/// <summary>Adds WorkManager's model and migrations to a context, and keeps the context's own code from writing our rows.</summary>
internal sealed class WorkManagerOptionsExtension : IDbContextOptionsExtension
{
    private ExtensionInfo? info;

    /// <summary>The schema of the tables; null for the model's default.</summary>
    public string? Schema { get; private init; }

    public MigrationOwnership Migrations { get; private init; }

    public bool AllowSchemaRemoval { get; private init; }

    /// <summary>Whether the context is the engine's own: only that may write.</summary>
    public bool Engine { get; private init; }

    public DbContextOptionsExtensionInfo Info => info ??= new ExtensionInfo(this);

    /// <summary>For a host's context.</summary>
    /// <param name="existing">What was said before; the rest stays.</param>
    /// <param name="configure">What is said now.</param>
    public static WorkManagerOptionsExtension ForHost(WorkManagerOptionsExtension? existing, Action<WorkManagerSchemaOptions> configure)
    {
        var options = new WorkManagerSchemaOptions();
        if (existing is not null)
        {
            (options.Schema, options.Migrations, options.AllowSchemaRemoval) = (existing.Schema, existing.Migrations, existing.AllowSchemaRemoval);
        }

        configure(options);
        return new() { Schema = options.Schema, Migrations = options.Migrations, AllowSchemaRemoval = options.AllowSchemaRemoval };
    }

    /// <summary>For the engine's context.</summary>
    public static WorkManagerOptionsExtension ForEngine(string? schema) => new() { Schema = schema, Engine = true };

    public void ApplyServices(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IConventionSetPlugin, WorkManagerConventionSetPlugin>());
        if (Migrations == MigrationOwnership.Package)
        {
            // The last registration wins, and providers only add what is not there: right before and after the provider.
            services.AddScoped<IMigrationsAssembly, WorkManagerMigrationsAssembly>();
        }

        if (!Engine)
        {
            services.AddSingleton<IInterceptor, CreatedConnections>();
            services.AddSingleton<IInterceptor, HostWriteGuard>();
            services.AddSingleton<IInterceptor, ForeignContextGuard>();
            services.AddSingleton<IInterceptor, HostTransactionGuard>();
            services.AddSingleton<IInterceptor, HostCommands>();
        }
    }

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class ExtensionInfo(WorkManagerOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => extension.Schema is null ? "WorkManager " : $"WorkManager(schema={extension.Schema}) ";

        // Part of the hash: the model is cached per service provider, and differs by schema and owner.
        public override int GetServiceProviderHashCode() => Of().GetHashCode();

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo same && same.Of() == Of();

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
        {
            debugInfo["WorkManager:Schema"] = extension.Schema ?? "";
            debugInfo["WorkManager:Migrations"] = extension.Migrations.ToString();
            debugInfo["WorkManager:Engine"] = extension.Engine.ToString();
        }

        private (string? Schema, MigrationOwnership Migrations, bool Engine) Of() => (extension.Schema, extension.Migrations, extension.Engine);
    }
}
