namespace WorkManager.Orders;

/// <summary>Whom an order type lets approve its orders.</summary>
/// <param name="Role">The role that each of them has; null for none.</param>
/// <param name="AllowsSubmitter">Whether somebody who submitted work of the order may.</param>
/// <param name="AllowsRequester">Whether the requester may.</param>
internal sealed record ApprovalTerms(string? Role, bool AllowsSubmitter, bool AllowsRequester);
