namespace WorkManager.Tests.Model;

/// <summary>All that can be known of an item, with times in seconds since the beginning.</summary>
internal sealed record ItemView(
    ItemState State, long Epoch, int Attempts, int Releases, int Reworks, string? Holder, double? Expires, double? Available, double? Ready, int Blocked, int? Result, int? Version,
    string? SubmittedBy, string? SubmittedFor, int Accepted, string? Error, IReadOnlyList<string> Events)
{
    public override string ToString() =>
        $"{State} #{Epoch} attempts {Attempts} releases {Releases} reworks {Reworks} holder {Holder} expires {Expires} available {Available} ready {Ready} blocked {Blocked} "
        + $"result {Result} version {Version} by {SubmittedBy} for {SubmittedFor} accepted {Accepted} error {Error} [{string.Join(", ", Events)}]";
}

/// <summary>All that can be known of an order. The trail is told apart by what it is about:
/// the order in which one transaction writes about several is nobody's promise.</summary>
internal sealed record OrderView(
    int Number, string Tenant, OrderState State, int Priority, bool Held, int Waits, string? RequestedFor, double? Submitted, int Total, int Open, int Failed,
    int Applied, int Approvals, int ApplyAttempts, double? NextApply, string? Error, IReadOnlyList<string> Events, IReadOnlyList<ItemView> Items)
{
    public override string ToString() => string.Join(
        Environment.NewLine,
        [
            $"order {Number} of '{Tenant}': {State} priority {Priority} held {Held} waits {Waits} for {RequestedFor} submitted {Submitted} "
                + $"items {Total} open {Open} failed {Failed} applied {Applied} approvals {Approvals} "
                + $"failed applies {ApplyAttempts} next {NextApply} error {Error} [{string.Join(", ", Events)}]",
            .. Items.Select((item, i) => $"  item {i}: {item}"),
        ]);
}
