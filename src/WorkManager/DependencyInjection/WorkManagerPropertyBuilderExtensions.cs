using Microsoft.EntityFrameworkCore.Metadata.Builders;
using WorkManager.Changes;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Says in the host's model what a review of a change is about.</summary>
public static class WorkManagerPropertyBuilderExtensions
{
    /// <summary>
    /// An approval is not for the exact value of this property: use it for what is stamped when a row is saved, such as the time of a change. Else no approval
    /// by hash would ever fit.
    /// </summary>
    /// <typeparam name="TProperty">The type of the property.</typeparam>
    /// <param name="property">The property.</param>
    /// <returns>The same builder.</returns>
    public static PropertyBuilder<TProperty> NotReviewed<TProperty>(this PropertyBuilder<TProperty> property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return property.HasAnnotation(ReviewAnnotations.NotReviewed, true);
    }

    /// <inheritdoc cref="NotReviewed{TProperty}(PropertyBuilder{TProperty})"/>
    public static ComplexTypePropertyBuilder<TProperty> NotReviewed<TProperty>(this ComplexTypePropertyBuilder<TProperty> property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return property.HasAnnotation(ReviewAnnotations.NotReviewed, true);
    }

    /// <summary>
    /// The value of this property is shown neither in a preview nor in the audit trail, such as a secret. An approval is for exactly this value all the same.
    /// </summary>
    /// <typeparam name="TProperty">The type of the property.</typeparam>
    /// <param name="property">The property.</param>
    /// <returns>The same builder.</returns>
    public static PropertyBuilder<TProperty> Redacted<TProperty>(this PropertyBuilder<TProperty> property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return property.HasAnnotation(ReviewAnnotations.Redacted, true);
    }

    /// <inheritdoc cref="Redacted{TProperty}(PropertyBuilder{TProperty})"/>
    public static ComplexTypePropertyBuilder<TProperty> Redacted<TProperty>(this ComplexTypePropertyBuilder<TProperty> property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return property.HasAnnotation(ReviewAnnotations.Redacted, true);
    }
}
