using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.Json;
using WorkManager.Changes;

namespace WorkManager.Reversals;

/// <summary>A column of an entity's row: a property of it, or of a complex or owned value in the same row.</summary>
internal sealed class RowMember
{
    private static readonly ConditionalWeakTable<IProperty, RowMember> Known = [];

    private readonly JsonValueReaderWriter? json;

    private RowMember(IProperty property)
    {
        Property = property;
        Through = WayTo(property.DeclaringType);
        Path = PathOf([.. Through, property]);
        json = property.GetJsonValueReaderWriter() ?? property.FindTypeMapping()?.JsonValueReaderWriter;
        // In the table of its owner, a value has other columns than in one of its own.
        var owner = (Through.Count > 0 ? Through[0] : property).DeclaringType.ContainingEntityType;
        Column = StoreObjectIdentifier.Create(owner, StoreObjectType.Table) is { } table && property.GetColumnName(table) is { } name
            ? name : property.GetColumnName();
    }

    /// <summary>The property.</summary>
    public IProperty Property { get; }

    /// <summary>The complex properties and navigations that lead to it; none for a property of the entity itself.</summary>
    public IReadOnlyList<IPropertyBase> Through { get; }

    /// <summary>Its name among the members of the row.</summary>
    public string Path { get; }

    /// <summary>The name of its column.</summary>
    public string Column { get; }

    /// <summary>Whether its values can be kept as JSON and read back.</summary>
    public bool CanBeKept => json is not null;

    public bool IsRedacted => ReviewAnnotations.IsRedacted(Property);

    /// <summary>Whether a row that is added again needs its value: the database does not compute it.</summary>
    public bool IsInserted => Property.ValueGenerated is not (ValueGenerated.OnAddOrUpdate or ValueGenerated.OnUpdate);

    /// <summary>Whether the application sets it, and somebody reviews it. Stamps are made anew by each save.</summary>
    public bool IsReversible => IsInserted && !ReviewAnnotations.IsNotReviewed(Property);

    // Each value in a row has an entity type or complex type of its own in the model, so that a property has one place.
    public static RowMember Of(IProperty property) => Known.GetValue(property, p => new RowMember(p));

    /// <summary>The members of an entity type's row that have columns, and may be kept.</summary>
    public static IReadOnlyList<RowMember> ToKeep(IEntityType type) => [.. In(type).Where(m => m is { CanBeKept: true, IsRedacted: false })];

    /// <summary>The members of an entity type's row that have columns.</summary>
    public static IEnumerable<RowMember> In(ITypeBase type)
    {
        var entity = type as IEntityType;
        return type.GetProperties().Where(p => entity?.IsOwned() != true || !p.IsPrimaryKey()).Where(p => p != entity?.FindDiscriminatorProperty()).Select(Of)
            .Concat(type.GetComplexProperties().Where(HasColumns).SelectMany(c => In(c.ComplexType)))
            .Concat((entity?.GetNavigations() ?? []).Where(SharesTheRow).SelectMany(n => In(n.TargetEntityType)));
    }

    /// <summary>The navigations that lead from the owner of a row to an entity in it.</summary>
    public static IReadOnlyList<INavigation> NavigationsTo(IEntityType type) =>
        type.FindOwnership() is { PrincipalToDependent: { } navigation } ownership ? [.. NavigationsTo(ownership.PrincipalEntityType), navigation] : [];

    public static string PathOf(IEnumerable<IPropertyBase> through) => string.Join('.', through.Select(p => p.Name));

    /// <summary>Whether an owned value is stored in the row of its owner, in columns of its own.</summary>
    public static bool SharesTheRow(INavigation navigation) =>
        navigation is { IsCollection: false, IsOnDependent: false, ForeignKey.IsOwnership: true } && !navigation.TargetEntityType.IsMappedToJson()
        && navigation.TargetEntityType.GetTableName() == navigation.DeclaringEntityType.GetTableName();

    /// <summary>Whether a complex value has columns, and is always there.</summary>
    public static bool HasColumns(IComplexProperty complex) => !complex.IsCollection && !complex.IsNullable && !complex.ComplexType.IsMappedToJson();

    public JsonNode? ToJson(object? value) => value is null ? null : JsonNode.Parse(json!.ToJsonString(value));

    public object? FromJson(JsonNode? value) => value is null ? null : json!.FromJsonString(value.ToJsonString());

    private static IReadOnlyList<IPropertyBase> WayTo(ITypeBase type) => type is IComplexType { ComplexProperty: var complex }
        ? [.. WayTo(complex.DeclaringType), complex] : NavigationsTo(type.ContainingEntityType);
}
