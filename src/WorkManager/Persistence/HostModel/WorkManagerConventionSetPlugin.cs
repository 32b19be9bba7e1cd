using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using WorkManager.Orders;
using WorkManager.Persistence.Schema;

namespace WorkManager.Persistence.HostModel;

/// <summary>Adds the entities to a model. Each brings its own configuration by attribute.</summary>
internal sealed class WorkManagerConventionSetPlugin(IDbContextOptions options, IEnumerable<IDatabaseProvider> providers) : IConventionSetPlugin
{
    public ConventionSet ModifyConventions(ConventionSet conventionSet)
    {
        var extension = options.FindExtension<WorkManagerOptionsExtension>()!;
        conventionSet.ModelInitializedConventions.Add(new AddEntities());
        conventionSet.ModelFinalizingConventions.Add(new FitProvider(extension.Schema, providers.Single().Name));
        if (extension.Migrations == MigrationOwnership.Host)
        {
            conventionSet.ModelFinalizingConventions.Add(new LeaveTablesToHost(providers.Single().Name));
        }

        if (!extension.Engine)
        {
            conventionSet.ModelFinalizingConventions.Add(new ReportDamage(extension.Schema, extension.Migrations));
        }

        return conventionSet;
    }

    private sealed class AddEntities : IModelInitializedConvention
    {
        public void ProcessModelInitialized(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
        {
            foreach (var entity in ShippedModel.Entities)
            {
                // Added as if by an annotation. EF Core removes an entity again that only a convention added and that nothing refers to.
                modelBuilder.Entity(entity, fromDataAnnotation: true);
            }

            // A compiled model says by it which version of the package it was made with.
            modelBuilder.HasAnnotation(ShippedModel.VersionAnnotation, ShippedModel.LastMigration);
        }
    }

    /// <summary>Sets what the configurations do not know or cannot keep: the schema, the types of JSON columns, the names of indexes.</summary>
    private sealed class FitProvider(string? schema, string provider) : IModelFinalizingConvention
    {
        public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
        {
            SchemaNames.Ensure(schema ?? modelBuilder.Metadata.GetDefaultSchema(), provider);
            foreach (var entity in ShippedModel.In(modelBuilder.Metadata))
            {
                if (schema is not null)
                {
                    // Naming the table makes "no schema" explicit. A convention could still change what is not explicit.
                    ((IMutableEntityType)entity).SetSchema(schema);
                }

                foreach (var index in entity.GetDeclaredIndexes().Where(i => i.Name is not null))
                {
                    // The name in the code is only a default for the one in the database, which naming conventions replace.
                    ((IMutableIndex)index).SetDatabaseName(index.Name);
                }

                foreach (var property in provider == ProviderNames.PostgreSql ? entity.GetDeclaredProperties() : [])
                {
                    if (property.PropertyInfo?.GetCustomAttribute<JsonColumnAttribute>() is { } json)
                    {
                        property.Builder.HasColumnType(json.Binary ? "jsonb" : "json");
                    }
                }
            }
        }
    }

    /// <summary>Makes the tables part of the host's own migrations, with the one column that no model of ours has.</summary>
    private sealed class LeaveTablesToHost(string provider) : IModelFinalizingConvention
    {
        public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
        {
            if (modelBuilder.Metadata.FindEntityType(typeof(HistoryRow)) is not null)
            {
                // EF Core uses the same conventions for the model of its history table, and would make our tables along with that.
                return;
            }

            foreach (var entity in ShippedModel.In(modelBuilder.Metadata))
            {
                ((IMutableEntityType)entity).SetIsTableExcludedFromMigrations(false);
            }

            if (provider == ProviderNames.PostgreSql)
            {
                TransactionColumn.AddTo((IMutableModel)modelBuilder.Metadata);
            }
        }
    }

    /// <summary>Reports a loop over the model or a naming rule of the host's that changed our tables: one clear error now, and not wrong SQL later.</summary>
    private sealed class ReportDamage(string? schema, MigrationOwnership migrations) : IModelFinalizingConvention
    {
        public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
        {
            var damage = ShippedModel.FindDamage(modelBuilder.Metadata, schema, migrations);
            if (damage.Count > 0)
            {
                throw new InvalidOperationException(
                    "The model changes tables of WorkManager, which its migrations and SQL do not follow: " + string.Join("; ", damage)
                    + ". Leave out the entity types of the namespace 'WorkManager' where OnModelCreating loops over all entity types.");
            }
        }
    }
}
