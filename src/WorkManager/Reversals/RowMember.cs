using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.Json;
using WorkManager.Changes;

namespace WorkManager.Reversals;

/// <summary>A column of an entity's row: a property of it, or of a complex or owned value in the same row.</summary>
/// <param name="Property">The property.</param>
/// <param name="Through">The complex properties and navigations that lead to it; none for a property of the entity itself.</param>
internal sealed record RowMember(IProperty Property, IReadOnlyList<IPropertyBase> Through)
{
    private JsonValueReaderWriter? Json { get; } = Property.GetJsonValueReaderWriter() ?? Property.FindTypeMapping()?.JsonValueReaderWriter;

    /// <summary>Its name among the members of the row.</summary>
    public string Path { get; } = PathOf([.. Through, Property]);

    /// <summary>The name of its column.</summary>
    public string Column { get; } = ColumnOf(Property, Through);

    /// <summary>Whether its values can be kept as JSON and read back.</summary>
    public bool CanBeKept => Json is not null;

    public bool IsRedacted { get; } = ReviewAnnotations.IsRedacted(Property);

    /// <summary>Whether the application sets it, and somebody reviews it. The rest is made anew by each save: stamps, tokens, computed columns.</summary>
    public bool IsReversible { get; } = !Property.IsConcurrencyToken && !IsComputed(Property) && !ReviewAnnotations.IsNotReviewed(Property);

    /// <summary>Whether a row that is added again needs its value.</summary>
    public bool IsInserted { get; } = !IsComputed(Property);

    /// <summary>The navigations that lead from the owner of a row to an entity in it.</summary>
    public static IReadOnlyList<INavigation> NavigationsTo(IEntityType type) =>
        type.FindOwnership() is { PrincipalToDependent: { } navigation } ownership ? [.. NavigationsTo(ownership.PrincipalEntityType), navigation] : [];

    public static string PathOf(IEnumerable<IPropertyBase> through) => string.Join('.', through.Select(p => p.Name));

    /// <summary>The members of an entity type's row that have columns, and may be kept.</summary>
    public static IReadOnlyList<RowMember> ToKeep(IEntityType type) => [.. Of(type, []).Where(m => m is { CanBeKept: true, IsRedacted: false })];

    /// <summary>Whether an owned value is stored in the row of its owner, in columns of its own.</summary>
    public static bool SharesTheRow(INavigation navigation) =>
        navigation is { IsCollection: false, IsOnDependent: false, ForeignKey.IsOwnership: true } && !navigation.TargetEntityType.IsMappedToJson()
        && navigation.TargetEntityType.GetTableName() == navigation.DeclaringEntityType.GetTableName();

    /// <summary>Whether a complex value has columns, and is always there.</summary>
    public static bool HasColumns(IComplexProperty complex) => !complex.IsCollection && !complex.IsNullable && !complex.ComplexType.IsMappedToJson();

    public JsonNode? ToJson(object? value) => value is null ? null : JsonNode.Parse(Json!.ToJsonString(value));

    public object? FromJson(JsonNode? json) => json is null ? null : Json!.FromJsonString(json.ToJsonString());

    private static IEnumerable<RowMember> Of(ITypeBase type, IReadOnlyList<IPropertyBase> through)
    {
        var entity = type as IEntityType;
        var own = type.GetProperties().Where(p => entity?.IsOwned() != true || !p.IsPrimaryKey()).Where(p => p != entity?.FindDiscriminatorProperty())
            .Select(p => new RowMember(p, through));
        var complex = type.GetComplexProperties().Where(HasColumns).SelectMany(c => Of(c.ComplexType, [.. through, c]));
        var owned = (entity?.GetNavigations() ?? []).Where(SharesTheRow).SelectMany(n => Of(n.TargetEntityType, [.. through, n]));
        return own.Concat(complex).Concat(owned);
    }

    // In the table of its owner, a value has other columns than in one of its own.
    private static string ColumnOf(IProperty property, IReadOnlyList<IPropertyBase> through) =>
        StoreObjectIdentifier.Create((through.Count > 0 ? through[0] : property).DeclaringType.ContainingEntityType, StoreObjectType.Table) is { } table
            && property.GetColumnName(table) is { } name ? name : property.GetColumnName();

    private static bool IsComputed(IProperty property) => property.ValueGenerated is ValueGenerated.OnAddOrUpdate or ValueGenerated.OnUpdate;
}
