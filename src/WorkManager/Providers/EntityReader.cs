using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;

namespace WorkManager.Providers;

/// <summary>Makes entities of rows that hold the columns of their table, in the model's order.</summary>
/// <remarks>
/// The model says how a column is read and converted, as for EF Core's own queries. Those build their reader anew at each call, which takes longer than
/// the statement if it returns one row.
/// </remarks>
internal static class EntityReader
{
    private static readonly MethodInfo IsNull = typeof(DbDataReader).GetMethod(nameof(DbDataReader.IsDBNull))!;

    /// <summary>The columns that the rows must have.</summary>
    public static IEnumerable<IProperty> Columns(IEntityType table) => table.GetProperties();

    /// <summary>The reader of an entity. It is kept with the model.</summary>
    public static Func<DbDataReader, T> Of<T>(IModel model)
        where T : class => model.FindEntityType(typeof(T))!.GetOrAddRuntimeAnnotationValue<Func<DbDataReader, T>, IEntityType>(
            "WorkManager:EntityReader", static table => Build<T>(table!), model.FindEntityType(typeof(T)));

    /// <summary>A reader of rows that hold these columns. It is compiled anew at each call.</summary>
    public static Func<DbDataReader, object?[]> ValuesOf(IEnumerable<IProperty> columns)
    {
        var row = Expression.Parameter(typeof(DbDataReader), "row");
        var values = columns.Select((column, i) => Expression.Convert(Read(row, column, Expression.Constant(i)), typeof(object)));
        return Expression.Lambda<Func<DbDataReader, object?[]>>(Expression.NewArrayInit(typeof(object), values), row).Compile();
    }

    private static Func<DbDataReader, T> Build<T>(IEntityType table)
    {
        var row = Expression.Parameter(typeof(DbDataReader), "row");
        var members = Columns(table).Select((column, i) =>
            Expression.Bind(column.GetMemberInfo(forMaterialization: true, forSet: true), Read(row, column, Expression.Constant(i))));
        return Expression.Lambda<Func<DbDataReader, T>>(Expression.MemberInit(New<T>(), members), row).Compile();
    }

    private static NewExpression New<T>() =>
        Expression.New(typeof(T).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, Type.EmptyTypes)!);

    private static Expression Read(ParameterExpression row, IProperty column, ConstantExpression ordinal)
    {
        var mapping = column.GetRelationalTypeMapping();
        var value = mapping.CustomizeDataReaderExpression(Expression.Call(row, mapping.GetDataReaderMethod(), ordinal));
        if (mapping.Converter is { ConvertFromProviderExpression: { } convert })
        {
            value = ReplacingExpressionVisitor.Replace(convert.Parameters[0], value, convert.Body);
        }

        value = value.Type == column.ClrType ? value : Expression.Convert(value, column.ClrType);
        return column.IsNullable ? Expression.Condition(Expression.Call(row, IsNull, ordinal), Expression.Default(column.ClrType), value) : value;
    }
}
