using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace WorkManager.Reversals;

/// <summary>Rows of an entity type in the host's database, found by their values. The host's query filters do not hide them.</summary>
internal static class StoredRows
{
    // A query with another number of keys is another query, which EF Core compiles and the database plans.
    private static readonly int[] Sizes = [1, 10, 100];

    private static readonly MethodInfo PropertyMethod = typeof(EF).GetMethod(nameof(EF.Property))!;
    private static readonly MethodInfo EqualsMethod = typeof(object).GetMethod(nameof(Equals), [typeof(object), typeof(object)])!;
    private static readonly MethodInfo EntryMethod = typeof(StoredRows).GetMethod(nameof(Entry), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo OfMethod = typeof(StoredRows).GetMethod(nameof(Of), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Reads rows as the database holds them: each as its members by their paths.</summary>
    /// <param name="host">The host's context.</param>
    /// <param name="type">The entity type.</param>
    /// <param name="by">The members by which rows are found.</param>
    /// <param name="values">Their values.</param>
    /// <param name="members">What is read.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public static async Task<List<JsonObject>> ReadAsync(
        DbContext host, IEntityType type, IReadOnlyList<RowMember> by, IReadOnlyCollection<object?[]> values, IReadOnlyList<RowMember> members,
        CancellationToken cancellationToken)
    {
        var rows = new List<JsonObject>();
        foreach (var some in Chunk(values))
        {
            var entity = Expression.Parameter(type.ClrType);
            var columns = Expression.NewArrayInit(typeof(object), members.Select(m => (Expression)Expression.Convert(Read(entity, m), typeof(object))));
            var query = Query(host, type, by, some);
            var selected = query.Provider.CreateQuery<object?[]>(Expression.Call(
                typeof(Queryable), nameof(Queryable.Select), [type.ClrType, typeof(object[])], query.Expression, Expression.Lambda(columns, entity)));
            foreach (var read in await selected.ToListAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(new JsonObject(members.Select((m, i) => KeyValuePair.Create(m.Path, m.ToJson(read[i])))));
            }
        }

        return rows;
    }

    /// <summary>Loads rows into the context, to be changed.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<List<object>> LoadAsync(
        DbContext host, IEntityType type, IReadOnlyList<RowMember> by, IReadOnlyCollection<object?[]> values, CancellationToken cancellationToken)
    {
        var rows = new List<object>();
        foreach (var some in Chunk(values))
        {
            rows.AddRange(await Query(host, type, by, some).Cast<object>().ToListAsync(cancellationToken).ConfigureAwait(false));
        }

        return rows;
    }

    /// <summary>An entity that is not tracked yet.</summary>
    public static EntityEntry EntryOf(DbContext host, IEntityType type, object entity) =>
        (EntityEntry)EntryMethod.MakeGenericMethod(type.ClrType).Invoke(null, [host, type, entity])!;

    /// <summary>Some keys at a time, of few different numbers: the last one is repeated.</summary>
    private static IEnumerable<object?[][]> Chunk(IReadOnlyCollection<object?[]> values) => values.Chunk(Sizes[^1]).Select(some =>
        some.Concat(Enumerable.Repeat(some[^1], Sizes.First(s => s >= some.Length) - some.Length)).ToArray());

    private static EntityEntry Entry<TEntity>(DbContext host, IEntityType type, TEntity entity)
        where TEntity : class => SetOf<TEntity>(host, type).Entry(entity);

    private static DbSet<TEntity> SetOf<TEntity>(DbContext host, IEntityType type)
        where TEntity : class => type.HasSharedClrType ? host.Set<TEntity>(type.Name) : host.Set<TEntity>();

    private static IQueryable Query(DbContext host, IEntityType type, IReadOnlyList<RowMember> by, object?[][] values)
    {
        var entity = Expression.Parameter(type.ClrType);
        var matches = values.Select(v => by.Select((m, i) => Matches(entity, m, v[i])).Aggregate(Expression.AndAlso)).Aggregate(Expression.OrElse);
        return (IQueryable)OfMethod.MakeGenericMethod(type.ClrType).Invoke(null, [host, type, Expression.Lambda(matches, entity)])!;
    }

    private static IQueryable<TEntity> Of<TEntity>(DbContext host, IEntityType type, LambdaExpression matches)
        where TEntity : class =>
        SetOf<TEntity>(host, type).IgnoreQueryFilters().IgnoreAutoIncludes().AsTracking().Where((Expression<Func<TEntity, bool>>)matches);

    // A value as a member of an object is a parameter of the statement. A constant would make each statement another one.
    private static Expression Matches(Expression entity, RowMember member, object? value)
    {
        var read = Read(entity, member);
        var given = Expression.Convert(Expression.Field(Expression.Constant(new Given(value)), nameof(Given.Value)), read.Type);
        return Expression.Call(EqualsMethod, Expression.Convert(read, typeof(object)), Expression.Convert(given, typeof(object)));
    }

    private static Expression Read(Expression entity, RowMember member)
    {
        var read = Read(member.Through.Aggregate(entity, Read), member.Property);
        var type = member.Property.ClrType;
        // An owned value that is not there has no values, although its properties may not be null.
        return member.Through.Count > 0 && type.IsValueType && Nullable.GetUnderlyingType(type) is null
            ? Expression.Convert(read, typeof(Nullable<>).MakeGenericType(type)) : read;
    }

    private static Expression Read(Expression within, IPropertyBase property) =>
        Expression.Call(PropertyMethod.MakeGenericMethod(property.ClrType), within, Expression.Constant(property.Name));

    private sealed class Given(object? value)
    {
        public readonly object? Value = value;
    }
}
