using System.Data.Common;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;

namespace WorkManager.Providers;

/// <summary>Makes entities of rows that have all columns of their table, in the model's order, by the model's mappings.</summary>
internal static class EntityReader
{
    private static readonly ConditionalWeakTable<IEntityType, Delegate> Readers = [];

    public static IEnumerable<IProperty> ColumnsOf(IEntityType table) => table.GetProperties();

    public static Func<DbDataReader, T> Of<T>(IModel model)
        where T : class =>
        (Func<DbDataReader, T>)Readers.GetValue(model.FindEntityType(typeof(T))!, static table => Build<T>(table));

    private static Func<DbDataReader, T> Build<T>(IEntityType table)
    {
        var row = Expression.Parameter(typeof(DbDataReader), "row");
        var values = ColumnsOf(table).Select((property, i) => Expression.Bind(property.PropertyInfo!, Read(row, i, property)));
        return Expression.Lambda<Func<DbDataReader, T>>(Expression.MemberInit(Expression.New(typeof(T)), values), row).Compile();
    }

    private static Expression Read(ParameterExpression row, int column, IProperty property)
    {
        var mapping = property.GetRelationalTypeMapping();
        var method = mapping.GetDataReaderMethod();
        var value = mapping.CustomizeDataReaderExpression(Expression.Call(
            method.DeclaringType == typeof(DbDataReader) ? row : Expression.Convert(row, method.DeclaringType!), method, Expression.Constant(column)));
        if (mapping.Converter?.ConvertFromProviderExpression is { } convert)
        {
            var given = convert.Parameters[0];
            value = ReplacingExpressionVisitor.Replace(given, value.Type == given.Type ? value : Expression.Convert(value, given.Type), convert.Body);
        }

        value = value.Type == property.ClrType ? value : Expression.Convert(value, property.ClrType);
        return property.IsNullable
            ? Expression.Condition(Expression.Call(row, nameof(DbDataReader.IsDBNull), null, Expression.Constant(column)), Expression.Default(property.ClrType), value)
            : value;
    }
}
