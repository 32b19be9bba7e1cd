using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using WorkManager.Orders;

namespace WorkManager;

/// <summary>What a reviewer decided, and about exactly what.</summary>
[EntityTypeConfiguration(typeof(WorkDecisionConfiguration))]
public sealed class WorkDecision
{
    internal const string Preview = "preview";
    internal const string Approve = "approve";
    internal const string Accept = "accept";
    internal const string Edit = "edit";
    internal const string Take = "take";
    internal const string Skip = "skip";

    internal WorkDecision()
    {
    }

    /// <summary>The id, a UUIDv7: ids ascend with time.</summary>
    public Guid Id { get; internal set; }

    /// <summary>The order.</summary>
    public Guid OrderId { get; internal set; }

    /// <summary>The item; null for a decision about the whole order.</summary>
    public Guid? ItemId { get; internal set; }

    /// <summary>The tenant; empty without tenancy.</summary>
    public string TenantId { get; internal set; } = "";

    /// <summary>
    /// What was decided: <c>approve</c>, <c>reject</c>, <c>rework</c> or <c>cancel</c>; about an item <c>accept</c>, <c>edit</c>, <c>return</c> or
    /// <c>reject</c>; <c>preview</c> for what a reviewer was shown before that; <c>take</c> and <c>skip</c> for who wanted to review it, and who did not.
    /// </summary>
    public string Decision { get; internal set; } = "";

    /// <summary>The kind of actor that decided.</summary>
    public ActorType ActorType { get; internal set; }

    /// <summary>The id of the actor that decided.</summary>
    public string ActorId { get; internal set; } = "";

    /// <summary>For whom the actor decided, such as <c>user:7</c>.</summary>
    public string? OnBehalfOf { get; internal set; }

    /// <summary>The roles that the actor had, as a JSON array.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Roles { get; internal set; }

    /// <summary>The roles that the actor had.</summary>
    /// <returns>The roles; none if it had none.</returns>
    public IReadOnlyList<string> ReadRoles() => StoredJson.ReadOptional<string[]>("list of roles", Roles, null) ?? [];

    /// <summary>The reasons of a refusal, as a JSON array.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Reasons { get; internal set; }

    /// <summary>The reasons of a refusal.</summary>
    /// <returns>The reasons; none for an approval.</returns>
    public IReadOnlyList<RejectionReason> ReadReasons() => StoredJson.ReadOptional<RejectionReason[]>("list of reasons", Reasons, null) ?? [];

    /// <summary>The reviewer's remarks.</summary>
    public string? Comment { get; internal set; }

    /// <summary>The content that the reviewer saw.</summary>
    public string? ContentHash { get; internal set; }

    /// <summary>The order's revision that was decided about.</summary>
    public int OrderRevision { get; internal set; }

    /// <summary>The item's revision that was decided about; null for a decision about the whole order.</summary>
    public int? ItemRevision { get; internal set; }

    /// <summary>
    /// The reviewed change of a preview; the new result of an edit; what an approval of a reversible type has changed, to be put back. As JSON text.
    /// </summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Changes { get; internal set; }

    /// <summary>The result before an edit, as JSON text.</summary>
    [JsonColumn, JsonConverter(typeof(JsonTextConverter))]
    public string? Baseline { get; internal set; }

    /// <summary>The rule that was applied, such as <c>auto_approve</c>.</summary>
    public string? Policy { get; internal set; }

    /// <summary>Whether the actor decided about its own work, as the order type allows.</summary>
    public bool SelfApproval { get; internal set; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When an unused approval ceases to count, or others are offered an order again that somebody has taken.</summary>
    public DateTimeOffset? ExpiresAt { get; internal set; }

    /// <summary>When an approval was used.</summary>
    public DateTimeOffset? ConsumedAt { get; internal set; }

    /// <summary>When a newer decision took its place.</summary>
    public DateTimeOffset? SupersededAt { get; internal set; }
}
