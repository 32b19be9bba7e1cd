namespace WorkManager.Orders;

/// <summary>What an order type asks of those who approve its orders.</summary>
/// <param name="Needed">How many people.</param>
/// <param name="Role">The role that each of them has; null for none.</param>
/// <param name="AllowsSubmitter">Whether somebody who submitted work of the order may.</param>
/// <param name="AllowsRequester">Whether the requester may.</param>
internal sealed record ApprovalTerms(int Needed, string? Role, bool AllowsSubmitter, bool AllowsRequester);
