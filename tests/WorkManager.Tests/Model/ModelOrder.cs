namespace WorkManager.Tests.Model;

internal sealed class ModelOrder(int number, int type, Actor requester, bool hasObstacle, string tenant)
{
    public const string Engine = "system:workmanager";

    private static readonly OrderState[] Live = [OrderState.Queued, OrderState.CheckedOut, OrderState.InProgress];

    public int Number => number;

    public int Type => type;

    public string Tenant => tenant;

    public int Priority { get; set; }

    /// <summary>Its unique key; 0 for none.</summary>
    public int Key { get; init; }

    public bool Held { get; set; }

    /// <summary>The order that it comes after.</summary>
    public int? After { get; init; }

    /// <summary>Whether it waits for that one.</summary>
    public bool Waits { get; set; }

    public Actor Requester => requester;

    public bool HasObstacle => hasObstacle;

    public OrderState State { get; private set; } = OrderState.Queued;

    public int? Submitted { get; set; }

    public int Applied { get; set; }

    /// <summary>How many times applying it failed.</summary>
    public int ApplyAttempts { get; set; }

    /// <summary>From when on it is approved without a person.</summary>
    public int? NextApply { get; set; }

    /// <summary>Why the last apply failed.</summary>
    public string? Error { get; set; }

    /// <summary>What the last preview showed; null if there was none.</summary>
    public string? Seen { get; set; }

    /// <summary>The approvals that wait for others: of what, and by whom.</summary>
    public List<(string Reviewed, Actor By)> Approvals { get; private init; } = [];

    /// <summary>What an apply would write.</summary>
    public string Content => string.Join(",", Items.Where(i => i.State == ItemState.Submitted).Select(i => i.Result));

    /// <summary>The same, and of which items it is.</summary>
    public string Reviewed => string.Join(",", Items.Index().Where(x => x.Item.State == ItemState.Submitted).Select(x => $"{x.Index}:{x.Item.Result}"));

    public List<ModelItem> Items { get; private init; } = [];

    public List<string> Events { get; private init; } = [];

    public bool IsLive => Live.Contains(State);

    public bool IsClosed => State is OrderState.Completed or OrderState.Rejected or OrderState.DeadLettered;

    /// <summary>Whether what waits for it waits in vain.</summary>
    public bool IsInVain => State is OrderState.Rejected or OrderState.DeadLettered;

    public int Open => Items.Count(i => i.IsLeased || i.State == ItemState.Queued);

    /// <summary>Whether somebody has begun to accept single results, and some are not accepted yet.</summary>
    public bool IsPartlyAccepted => Items.Exists(i => i.IsAccepted) && Items.Exists(i => i.State == ItemState.Submitted && !i.IsAccepted);

    private int Failed => Items.Count(i => i.State == ItemState.Failed);

    public void Move(OrderState to, string who)
    {
        State = to;
        Events.Add($"{(to == OrderState.Queued ? "requeued" : StateNames.ToName(to))} {who}");
    }

    public void ShowProgress(string who)
    {
        if (State == OrderState.Queued)
        {
            Move(OrderState.CheckedOut, who);
        }

        if (State == OrderState.CheckedOut)
        {
            Move(OrderState.InProgress, who);
        }
    }

    /// <summary>Ends the work on an order that has no open item, or that fails at once; returns whether it is submitted now.</summary>
    public bool Settle(int now, string who)
    {
        var failsAtOnce = Cast.RuleOf(type) == ItemFailure.FailOrderAtOnce && Failed > 0;
        if (!IsLive || (Open > 0 && !failsAtOnce))
        {
            return false;
        }

        TakeOut(Engine);
        var goesOn = Cast.RuleOf(type) == ItemFailure.GoOn && Items.Exists(i => i.State == ItemState.Submitted);
        if (Failed == 0 || goesOn)
        {
            ShowProgress(who);
        }

        Move(Failed > 0 && !goesOn ? OrderState.Failed : OrderState.Submitted, Engine);
        Submitted = State == OrderState.Submitted ? now : Submitted;
        return State == OrderState.Submitted;
    }

    /// <summary>Lets items go on that wait for one which is done.</summary>
    public void Meet(ModelItem done, int now)
    {
        foreach (var item in Items.Where(i => i.Waits.GetValueOrDefault(done.Name.Item)))
        {
            item.Waits[done.Name.Item] = false;
            item.Blocked--;
            item.Ready = item.State == ItemState.Queued && item.Blocked == 0 && item.Available <= now ? now : null;
        }
    }

    /// <summary>Does to items that wait for one which has failed what the order type says.</summary>
    public void Follow(int now)
    {
        var rule = Cast.DependencyRuleOf(type);
        foreach (var failed in Items.Where(i => i.State == ItemState.Failed && rule == DependencyFailure.GoOn))
        {
            Meet(failed, now);
        }

        while (rule == DependencyFailure.Fail && Items.Find(i => i.State == ItemState.Queued && i.WaitsFor.Any(other => Items[other].State == ItemState.Failed)) is { } vain)
        {
            vain.Error = "dependency_failed";
            vain.Move(ItemState.Failed, Engine);
        }
    }

    /// <summary>The items that are done again with some others, and these; null if one of them would wait for one that has failed.</summary>
    public List<ModelItem>? WithDependents(List<ModelItem> chosen, ItemState? withResult)
    {
        var all = chosen.ToList();
        while (Items.Find(i => !all.Contains(i) && all.Exists(other => i.Waits.ContainsKey(other.Name.Item))
            && (i.State == withResult || (i.State == ItemState.Failed && i.Blocked > 0))) is { } dependent)
        {
            all.Add(dependent);
        }

        while (all.Find(i => i.WaitsFor.Any(other => Items[other].State == ItemState.Failed && !all.Contains(Items[other]))) is { } blocked)
        {
            if (chosen.Contains(blocked))
            {
                return null;
            }

            all.Remove(blocked);
        }

        return all;
    }

    /// <summary>Lets items that are in the queue wait again for those that are done again.</summary>
    public void WaitAgain(List<ModelItem> again)
    {
        foreach (var item in Items.Where(i => i.State == ItemState.Queued))
        {
            foreach (var other in again.Where(other => item.Waits.TryGetValue(other.Name.Item, out var waits) && !waits))
            {
                item.Waits[other.Name.Item] = true;
                item.Blocked++;
                item.Ready = null;
            }
        }
    }

    /// <summary>Takes all open items out of the queue, and ends their leases.</summary>
    public void TakeOut(string who)
    {
        foreach (var item in Items.Where(i => i.IsLeased || i.State == ItemState.Queued))
        {
            if (item.IsLeased)
            {
                item.EndLease();
                item.Move(ItemState.Queued, who, "released");
            }

            item.Blocked++;
            item.Ready = null;
        }
    }

    /// <summary>Puts back what was taken out.</summary>
    public void PutBack(int now)
    {
        foreach (var item in Items.Where(i => i.State == ItemState.Queued && i.Blocked > 0))
        {
            item.Blocked--;
            item.Ready = item.Blocked == 0 && item.Available <= now ? now : null;
        }
    }

    /// <summary>Puts an item into the queue that was not open.</summary>
    public void Enter(ModelItem item, string who, int now)
    {
        item.Blocked += Held ? 1 : 0;
        (item.Available, item.Ready) = (now, item.Blocked == 0 ? now : null);
        item.Move(ItemState.Queued, who, "requeued");
    }

    public void RequeueIfIdle()
    {
        if (State is OrderState.CheckedOut or OrderState.InProgress && Open > 0 && !Items.Exists(i => i.IsLeased))
        {
            Move(OrderState.Queued, Engine);
        }
    }

    public OrderView View() => new(
        number, tenant, State, Priority, Held, Waits ? 1 : 0, requester.Principal?.ToString(), Submitted, Items.Count, Open, Failed, Applied,
        Approvals.Count, ApplyAttempts, NextApply, Error, [.. Events], [.. Items.Select(i => i.View())]);

    public ModelOrder Clone() => new(number, type, requester, hasObstacle, tenant)
    {
        Priority = Priority,
        Key = Key,
        Held = Held,
        After = After,
        Waits = Waits,
        State = State,
        Submitted = Submitted,
        Applied = Applied,
        ApplyAttempts = ApplyAttempts,
        NextApply = NextApply,
        Error = Error,
        Seen = Seen,
        Approvals = [.. Approvals],
        Items = Items.ConvertAll(i => i.Clone()),
        Events = [.. Events],
    };
}

internal sealed class ModelItem(ItemName name, int maxAttempts)
{
    private List<string> events = [];

    public ItemName Name => name;

    public int MaxAttempts => maxAttempts;

    public ItemState State { get; set; } = ItemState.Queued;

    public long Epoch { get; set; }

    public int Attempts { get; set; }

    public int Releases { get; set; }

    public int Reworks { get; set; }

    public Actor? Holder { get; set; }

    public int Ttl { get; set; }

    public int? Expires { get; set; }

    public int Available { get; set; }

    /// <summary>How many things keep it from being claimed.</summary>
    public int Blocked { get; set; }

    /// <summary>The items that it comes after, and whether it waits for them.</summary>
    public Dictionary<int, bool> Waits { get; private set; } = [];

    public IEnumerable<int> WaitsFor => Waits.Where(w => w.Value).Select(w => w.Key);

    public int? Ready { get; set; }

    public int? Result { get; set; }

    public Actor? SubmittedBy { get; set; }

    /// <summary>The result that the last look showed.</summary>
    public int? Seen { get; set; }

    /// <summary>Whether a reviewer has accepted its result.</summary>
    public bool IsAccepted { get; set; }

    /// <summary>Who has edited its result.</summary>
    public List<Actor> Editors { get; private set; } = [];

    public string? Error { get; set; }

    public bool IsLeased => State is ItemState.Leased or ItemState.InProgress;

    /// <summary>Whether it is done in another order.</summary>
    public bool HasMoved => Error == "moved";

    public Grant Grant => new(name, Epoch);

    /// <summary>Whether somebody has submitted or edited its result, or an agent has in that name.</summary>
    public bool IsWorkOf(Actor who) => Editors.Exists(e => e.IsSame(who))
        || (SubmittedBy is { } by && (by.IsSame(who) || by.Principal?.ToString() == who.ToString()));

    /// <summary>Refuses its result.</summary>
    public void Reject(string error, string who)
    {
        (Error, IsAccepted) = (error, false);
        Editors.Clear();
        Move(ItemState.Rejected, who);
    }

    public void Move(ItemState to, string who, string? eventName = null)
    {
        State = to;
        Log(eventName ?? StateNames.ToName(to), who);
    }

    public void Log(string eventName, string who) => events.Add(Epoch > 0 ? $"{eventName}#{Epoch} {who}" : $"{eventName} {who}");

    public void EndLease()
    {
        Holder = null;
        Expires = null;
    }

    public ItemView View() =>
        new(
            State, Epoch, Attempts, Releases, Reworks, Holder?.LeaseHolder, Expires, Available, Ready, Blocked, Result, Result is null ? null : 1, SubmittedBy?.ToString(),
            SubmittedBy?.Principal?.ToString(), IsAccepted ? 1 : 0, Error, [.. events]);

    public ModelItem Clone()
    {
        var clone = (ModelItem)MemberwiseClone();
        clone.events = [.. events];
        clone.Waits = new(Waits);
        clone.Editors = [.. Editors];
        return clone;
    }
}
