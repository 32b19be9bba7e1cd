namespace WorkManager.Tests.Model;

/// <summary>What the library promises, in memory: no database, no lock, one call after the other.</summary>
/// <param name="limits">How many leases may be live at once; null for any number.</param>
internal sealed class WorkModel(Limits? limits = null)
{
    private readonly SortedDictionary<int, ModelOrder> orders = [];
    private readonly List<int> known = [];
    private readonly List<(Grant Grant, int Who)> leases = [];
    private readonly List<int> awaitingApproval = [];
    private bool hostFails;

    /// <summary>Who acts.</summary>
    private string actor = "";

    /// <summary>The orders of whose items a batch ends leases: what becomes of an order is seen when the batch is through.</summary>
    private List<int>? inBatch;

    /// <summary>When a checkout last looked for all that is due or expired.</summary>
    private int looked;

    /// <summary>Seconds since the beginning.</summary>
    public int Now { get; private set; }

    public int OrderCount => known.Count;

    public IReadOnlyList<OrderView> Views => [.. orders.Values.Select(o => o.View())];

    /// <summary>The items whose lease has run out and was not taken back yet.</summary>
    public IReadOnlySet<ItemName> Expired => AllItems.Where(IsExpired).Select(i => i.Name).ToHashSet();

    /// <summary>How often a limit has kept a checkout from getting what it asked for.</summary>
    public int CutShort { get; private set; }

    /// <summary>How many orders have gone on because the one that they waited for had an end.</summary>
    public int WentOn { get; private set; }

    /// <summary>How many orders have failed with the one that they waited for.</summary>
    public int FailedWithAnother { get; private set; }

    /// <summary>How many automatic approvals are still to come.</summary>
    public int AwaitingApproval => awaitingApproval.Count;

    private IEnumerable<ModelItem> AllItems => orders.Values.SelectMany(o => o.Items);

    public WorkModel Clone()
    {
        var clone = new WorkModel(limits) { Now = Now, hostFails = hostFails, looked = looked, actor = actor };
        clone.inBatch = inBatch is null ? null : [.. inBatch];
        clone.known.AddRange(known);
        clone.awaitingApproval.AddRange(awaitingApproval);
        clone.leases.AddRange(leases);
        foreach (var (number, order) in orders)
        {
            clone.orders.Add(number, order.Clone());
        }

        return clone;
    }

    /// <summary>Does what a command asks for.</summary>
    /// <param name="command">The command.</param>
    /// <param name="number">The number of the order that a proposal makes.</param>
    /// <param name="keep">Whether later commands may mean what this one gives out.</param>
    public Answer Do(Command command, int number, bool keep = true)
    {
        if (command is ProposeMany { Who: Cast.ForAll })
        {
            return Answer.Refused("validation_failed");
        }

        if (command is Many many)
        {
            var singles = SinglesOf(many);
            BeginBatch();
            var parts = singles.Select((single, i) => Do(single, number + i, keep)).ToList();
            EndBatch().SettleDependents();
            return new Answer(null, "") { Parts = parts };
        }

        actor = command switch
        {
            CheckOut { Who: var holder } => Name(holder),
            Reclaim => "system:maintenance",
            _ => actor,
        };
        var answer = command switch
        {
            Propose propose => Do(propose, number),
            CheckOut checkOut => Do(checkOut),
            Heartbeat beat => Holding(beat.Who, beat.Lease, beat.Lie, Beat),
            Release release => Holding(release.Who, release.Lease, release.Lie, (item, who) => Release(item, who, 0)),
            Snooze snooze => Holding(snooze.Who, snooze.Lease, snooze.Lie, (item, who) => Release(item, who, snooze.Seconds)),
            Fail fail => Holding(fail.Who, fail.Lease, fail.Lie, (item, who) => Fail(item, who, fail)),
            Submit submit => Holding(submit.Who, submit.Lease, submit.Lie, (item, who) => Submit(item, who, submit.Value)),
            Approve approve => Do(approve, isSeen: false),
            ApproveSeen seen => Do(new Approve(seen.Who, seen.Order), isSeen: true),
            Preview preview => Do(preview),
            Edit edit => Do(edit),
            Decide decide => Do(decide, number),
            Reject { WithReason: false } => Answer.Refused("validation_failed"),
            Reject reject => Close(reject.Who, reject.Order),
            Rework rework => Do(rework),
            Cancel cancel => Close(cancel.Who, cancel.Order),
            Retry retry => Do(retry),
            GiveUp giveUp => Do(giveUp),
            Hold hold => Do(hold),
            Resume resume => Do(resume),
            Prioritize prioritize => Do(prioritize),
            Look look => Do(look),
            Reclaim => Answer.Of($"{Refill().Reclaimed}"),
            ApproveDue => Answer.Of($"{ApproveAllDue()}"),
            Pass pass => Answer.Of($"{Now += pass.Seconds}"),
            HostFails fails => Answer.Of($"{hostFails = fails.Fails}"),
            _ => throw new NotSupportedException(command.ToString()),
        };
        if (keep)
        {
            while (AwaitingApproval > 0)
            {
                ApproveNext();
            }

            SettleDependents();
            if (command is CheckOut { Who: var taker })
            {
                leases.AddRange(answer.Grants.Select(g => (g, taker)));
            }

            if (orders.ContainsKey(number))
            {
                known.Add(number);
            }
        }

        return answer;
    }

    /// <summary>An approval is a transaction of its own after the submit that it follows: beside other calls, those may come in between.</summary>
    public WorkModel ApproveNext()
    {
        var order = orders[awaitingApproval[0]];
        awaitingApproval.RemoveAt(0);
        if (order.State == OrderState.Submitted)
        {
            ApproveByItself(order);
        }

        return this;
    }

    /// <summary>The models that can be after a command that ran beside others and was answered like this.</summary>
    public IEnumerable<WorkModel> After(Command command, int number, Answer answer)
    {
        var next = Clone();
        if (command is Many many and not ProposeMany { Who: Cast.ForAll })
        {
            // What somebody else had locked was skipped.
            var singles = SinglesOf(many).Zip(answer.Parts)
                .Select((part, i) => (part.First, part.Second, Number: number + i)).Where(part => part.Second.Code != "busy");
            next.BeginBatch();
            return singles.Aggregate<(Command Command, Answer Answer, int Number), IEnumerable<WorkModel>>(
                [next], (models, part) => models.SelectMany(model => model.After(part.Command, part.Number, part.Answer))).Select(model => model.EndBatch());
        }

        if (command is not CheckOut checkOut || answer.Code is not null)
        {
            var expected = next.Do(command, number, keep: false);
            // Why a lease is lost depends on who came first at an item that was lost anyway.
            var isSame = answer.Code == "lease_lost" ? expected.Code == answer.Code : command is Reclaim || Loosely(expected) == Loosely(answer);
            return isSame ? [next] : [];
        }

        // A claim skips what others have locked: it may return less than there is, but nothing else. Of several, one looks for all that is due.
        next.actor = Name(checkOut.Who);
        List<WorkModel> candidates = [next, .. next.Refilled(checkOut)];
        var claimed = candidates.FindAll(model => model.TryClaim(checkOut, answer.Grants));
        List<WorkModel> after = [.. claimed, .. claimed.Select(model => model.Clone())];
        after.Skip(claimed.Count).ToList().ForEach(model => model.LookAround());
        return after;
    }

    /// <summary>Without which of its three live states an order shows: a claim that finds it locked leaves it behind.</summary>
    private static string Loosely(Answer answer) =>
        answer.ToString().Replace("CheckedOut held", "Queued held", StringComparison.Ordinal).Replace("InProgress held", "Queued held", StringComparison.Ordinal);

    private void BeginBatch() => inBatch = [];

    private WorkModel EndBatch()
    {
        var ended = inBatch!.Distinct().ToList();
        inBatch = null;
        ended.ForEach(number => SettleAfterLease(orders[number]));
        return this;
    }

    private void SettleAfterLease(ModelOrder order)
    {
        if (inBatch is not null)
        {
            inBatch.Add(orders.Single(o => o.Value == order).Key);
            return;
        }

        Settle(order);
        order.RequeueIfIdle();
    }

    /// <summary>After a call, orders go on whose waiting has an end, or fail with the one that they wait for.</summary>
    private void SettleDependents()
    {
        foreach (var order in orders.Values.Where(o => o.Waits && o.State != OrderState.DeadLettered))
        {
            if (IsMet(order))
            {
                WentOn++;
                order.Waits = false;
                order.Events.Add($"dependency_met {ModelOrder.Engine}");
                order.PutBack(Now);
            }
            else if (order.IsLive && WaitsInVain(order))
            {
                FailedWithAnother++;
                order.TakeOut(ModelOrder.Engine);
                order.Error = "dependency_failed";
                order.Move(OrderState.Failed, ModelOrder.Engine);
            }
        }
    }

    private bool IsMet(ModelOrder order) => orders[order.After!.Value] is var other
        && (other.State == OrderState.Completed || (other.IsInVain && Cast.DependencyRuleOf(order.Type) == DependencyFailure.GoOn));

    private bool WaitsInVain(ModelOrder order) =>
        order.Waits && orders[order.After!.Value].IsInVain && Cast.DependencyRuleOf(order.Type) == DependencyFailure.Fail;

    /// <summary>Ends the work on an order, which may lead to its approval.</summary>
    private void Settle(ModelOrder order)
    {
        if (order.IsLive)
        {
            order.Follow(Now);
        }

        if (order.Settle(Now, actor) && IsAutomatic(order) && order.NextApply is not null)
        {
            awaitingApproval.Add(orders.Single(o => o.Value == order).Key);
        }
    }

    private IReadOnlyList<Command> SinglesOf(Many many) =>
        many.Singles(many.Who == Command.Holder ? LeaseOf(((ManyLeases)many).Leases[0])?.Who ?? 0 : many.Who);

    private Answer Do(Propose propose, int number)
    {
        if (Cast.Types[propose.Type] == Cast.Unknown)
        {
            return Answer.Refused("order_type_not_found");
        }

        if (propose.Priority is < 0 or > 100 || propose.Who == Cast.ForAll)
        {
            return Answer.Refused("validation_failed");
        }

        if (propose.Flaw == Flaw.NoItems)
        {
            return Answer.Refused("empty_plan");
        }

        var before = propose.After is { } after ? OrderOf(after, propose.Who) : null;
        if (propose.After is not null)
        {
            if (before is null)
            {
                return Answer.Refused("not_found");
            }

            if (before.IsInVain && Cast.DependencyRuleOf(propose.Type) == DependencyFailure.Fail)
            {
                return Answer.Refused("dependency_failed");
            }
        }

        if (propose.Key > 0 && OpenWith(propose.Key, propose.Type, Cast.TenantOf(propose.Who)!) is var (found, open))
        {
            if (!propose.Raises)
            {
                return Answer.Refused("already_open");
            }

            if (open.Priority < propose.Priority)
            {
                open.Priority = propose.Priority;
                open.Events.Add($"rescheduled {Name(propose.Who)}");
            }

            return Answer.Of($"open {found} priority {open.Priority}");
        }

        var order = new ModelOrder(number, propose.Type, Cast.Actors[propose.Who], propose.Flaw == Flaw.NotReady, Cast.TenantOf(propose.Who)!)
        {
            Priority = propose.Priority, Key = propose.Key, After = before?.Number,
        };
        order.Waits = order.After is not null && !IsMet(order);
        order.NextApply = IsAutomatic(order) ? Now : null;
        order.Events.AddRange([$"proposed {Name(propose.Who)}", "planned system:workmanager"]);
        var available = Now + propose.Delay;
        for (var i = 0; i < propose.Items; i++)
        {
            var item = new ModelItem(new ItemName(number, i), propose.Attempts) { Available = available };
            Cast.Before(propose.Shape, i, propose.Items).ToList().ForEach(other => item.Waits.Add(other, true));
            item.Blocked = item.Waits.Count + (order.Waits ? 1 : 0);
            item.Ready = available > Now || item.Blocked > 0 ? null : Now;
            order.Items.Add(item);
        }

        orders.Add(number, order);
        return Answer.Of(order.View().ToString());
    }

    private Answer Do(CheckOut request)
    {
        if (request.Count is < 1 or > 1000 || request.MinPriority is < 0 or > 100 || request.Ttl is < 1 or > 86_400)
        {
            return Answer.Refused("validation_failed");
        }

        if (request.Type is { } type && Cast.Types[type] == Cast.Unknown)
        {
            return Answer.Refused("order_type_not_found");
        }

        var types = TypesOf(request).FindAll(type => LeftOf(type, request) > 0);
        var most = Math.Min(Math.Min(request.Count, Left(request)), types.Sum(type => LeftOf(type, request)));
        var claimed = Claim(request, most);
        if (claimed.Count < most)
        {
            var (promoted, reclaimed) = Refill(request, types);
            if (promoted + reclaimed > 0)
            {
                claimed.AddRange(Claim(request, most - claimed.Count));
            }
        }

        CutShort += claimed.Count < request.Count && AllItems.Any(i => IsReady(i, request)) ? 1 : 0;

        // The answer says what was granted. What is found due may end a lease of it at once: an order may fail with another of its items.
        var expires = claimed.Count == 0 ? "" : $"{Now + (request.Ttl ?? Cast.DefaultTtl)}";
        LookAround();
        return claimed.Count == 0 && request.Order is { } order && OrderOf(order, request.Who) is null
            ? Answer.Refused("not_found")
            : Answer.Of(expires) with
            {
                Grants =
                [
                    .. claimed.OrderByDescending(i => orders[i.Name.Order].Priority).ThenBy(i => i.Available).ThenBy(i => i.Name.Order).ThenBy(i => i.Name.Item)
                        .Select(i => i.Grant),
                ],
            };
    }

    private List<ModelItem> Claim(CheckOut request, int count)
    {
        var claimed = new List<ModelItem>();
        foreach (var item in AllItems.Where(i => IsReady(i, request))
            .OrderByDescending(i => orders[i.Name.Order].Priority).ThenBy(i => i.Ready).ThenBy(i => i.Name.Order).ThenBy(i => i.Name.Item).ToList())
        {
            if (claimed.Count < count && LeftOf(orders[item.Name.Order].Type, request) > 0)
            {
                Lease(item, request);
                claimed.Add(item);
            }
        }

        return claimed;
    }

    private bool TryClaim(CheckOut request, IReadOnlyList<Grant> grants)
    {
        foreach (var grant in grants)
        {
            var item = Find(grant.Item);
            if (item is null || item.Epoch + 1 != grant.Epoch || !IsReady(item, request) || LeftOf(orders[grant.Item.Order].Type, request) <= 0)
            {
                return false;
            }

            Lease(item, request);
        }

        return true;
    }

    /// <summary>How many items a checkout may lease, whatever their type is.</summary>
    private int Left(CheckOut request) => limits is null ? request.Count : Math.Min(
        limits.OfAgent - Live(item => item.Holder!.IsSame(Cast.Actors[request.Who])),
        limits.OfTenant - Live(item => Sees(request.Who, orders[item.Name.Order])));

    private int LeftOf(int type, CheckOut request) => limits is null ? request.Count : Math.Min(
        Left(request),
        limits.OfType - Live(item => Sees(request.Who, orders[item.Name.Order]) && orders[item.Name.Order].Type == type));

    /// <summary>How many leases are live: one that has run out does not count.</summary>
    private int Live(Func<ModelItem, bool> isMeant) => AllItems.Count(item => item.IsLeased && !IsExpired(item) && isMeant(item));

    private static List<int> TypesOf(CheckOut request) => request.Type is { } type ? [type] : [0, 1, 2, 3];

    private bool IsReady(ModelItem item, CheckOut request) => item.Ready is not null && Matches(item, request);

    private bool Matches(ModelItem item, CheckOut request)
    {
        var order = orders[item.Name.Order];
        return Sees(request.Who, order)
            && (request.Order is null || OrderOf(request.Order.Value, request.Who) == order)
            && (request.Type is null || order.Type == request.Type)
            && order.Priority >= (request.MinPriority ?? 0);
    }

    private void Lease(ModelItem item, CheckOut request)
    {
        item.State = ItemState.Leased;
        item.Ready = null;
        item.Epoch++;
        item.Holder = Cast.Actors[request.Who];
        item.Ttl = request.Ttl ?? Cast.DefaultTtl;
        item.Expires = Now + item.Ttl;
        item.Log("leased", Name(request.Who));
        var order = orders[item.Name.Order];
        if (order.State == OrderState.Queued)
        {
            order.Move(OrderState.CheckedOut, Name(request.Who));
        }
    }

    private Answer Beat(ModelItem item, string who)
    {
        item.Expires = Now + item.Ttl;
        if (item.State == ItemState.Leased)
        {
            item.Move(ItemState.InProgress, who);
            orders[item.Name.Order].ShowProgress(who);
        }

        return Answer.Of($"{item.Expires}");
    }

    private Answer Release(ModelItem item, string who, int seconds)
    {
        item.Releases++;
        item.Attempts += item.Releases > Cast.MaxReleases ? 1 : 0;
        return End(item, who, "released", item.Releases > Cast.MaxReleases && item.Attempts >= item.MaxAttempts ? "released_too_often" : null, seconds);
    }

    private Answer Fail(ModelItem item, string who, Fail fail)
    {
        item.Attempts++;
        item.Error = "broken";
        return End(item, who, "attempt_failed", fail.Final || item.Attempts >= item.MaxAttempts ? "broken" : null, fail.After ?? PauseOf(item));
    }

    private Answer End(ModelItem item, string who, string eventName, string? error, int seconds)
    {
        item.EndLease();
        if (error is not null)
        {
            item.Error = error;
            item.Log(eventName, who);
            item.Move(ItemState.Failed, ModelOrder.Engine);
        }
        else
        {
            item.Available = Now + seconds;
            item.Ready = seconds == 0 ? Now : null;
            item.Move(ItemState.Queued, who, eventName);
        }

        SettleAfterLease(orders[item.Name.Order]);
        return Answer.Of($"{item.State} #{item.Epoch}");
    }

    private static int PauseOf(ModelItem item) => Math.Min(Cast.Backoff * (1 << Math.Min(item.Attempts - 1, 20)), Cast.MaxBackoff);

    private Answer Submit(ModelItem item, string who, int value)
    {
        if (value < 0)
        {
            item.Error = "validation_failed";
            return Answer.Refused("validation_failed");
        }

        var order = orders[item.Name.Order];
        if (item.State == ItemState.Leased)
        {
            item.Move(ItemState.InProgress, who);
        }

        item.SubmittedBy = item.Holder;
        item.EndLease();
        item.Result = value;
        item.Error = null;
        item.Move(ItemState.Submitted, who);
        order.Meet(item, Now);
        order.ShowProgress(who);
        var answer = Answer.Of($"{item.State} #{item.Epoch} {value}");
        Settle(order);
        return answer;
    }

    private Answer Do(Preview preview)
    {
        if (OrderOf(preview.Order, preview.Who) is not { } order)
        {
            return Answer.Refused("not_found");
        }

        if (order.IsLive || order.State != OrderState.Submitted)
        {
            return Answer.Refused(order.IsLive ? "order_not_ready" : "illegal_transition");
        }

        if (hostFails)
        {
            return Answer.Refused("apply_failed");
        }

        order.Seen = order.Reviewed;
        return Answer.Of($"{order.Content} obstacles {(order.HasObstacle ? 1 : 0)}");
    }

    private Answer Do(Edit edit)
    {
        if (OrderOf(edit.Order, edit.Who) is not { } order)
        {
            return Answer.Refused("not_found");
        }

        var actor = Cast.Actors[edit.Who];
        if (actor.Type == ActorType.Agent)
        {
            return Answer.Refused("approval_denied", ApprovalDeniedReason.Agent);
        }

        if (edit.Value < 0)
        {
            return Answer.Refused("validation_failed");
        }

        if (order.State != OrderState.Submitted)
        {
            return Answer.Refused("illegal_transition");
        }

        if (order.Held)
        {
            return Answer.Refused("order_not_ready");
        }

        var item = order.Items[edit.Item % order.Items.Count];
        if (item.State != ItemState.Submitted)
        {
            return Answer.Refused("illegal_transition");
        }

        if (item.Result != edit.Value)
        {
            order.NextApply = null;
            (item.Result, item.IsAccepted) = (edit.Value, false);
            order.Approvals.Clear();
            item.Editors.Add(actor);
            item.Log("edited", Name(edit.Who));
        }

        return Answer.Of($"{item.State} {item.Result}");
    }

    private Answer Do(Approve approve, bool isSeen)
    {
        if (OrderOf(approve.Order, approve.Who) is not { } order)
        {
            return Answer.Refused("not_found");
        }

        var actor = Cast.Actors[approve.Who];
        if (actor.Type == ActorType.Agent)
        {
            return Answer.Refused("approval_denied", ApprovalDeniedReason.Agent);
        }

        if (order.IsLive)
        {
            return Answer.Refused("order_not_ready");
        }

        if (order.State != OrderState.Submitted)
        {
            return Answer.Refused("illegal_transition");
        }

        if (order.Held)
        {
            return Answer.Refused("order_not_ready");
        }

        if (!AllowsSelfApproval(order) && order.Items.Exists(i => i.State == ItemState.Submitted && i.IsWorkOf(actor)))
        {
            return Answer.Refused("approval_denied", ApprovalDeniedReason.Self);
        }

        var needed = Cast.ApprovalsOf(order.Type);
        if (isSeen ? order.Seen is null : order.Seen is not null || needed > 1)
        {
            return Answer.Refused(isSeen ? "stale_review" : "content_hash_required");
        }

        var given = order.Approvals.FindAll(a => a.Reviewed == order.Seen);
        var others = given.FindAll(a => !a.By.IsSame(actor));
        if (others.Count < given.Count && others.Count + 1 < needed)
        {
            return Answer.Refused("approval_denied", ApprovalDeniedReason.SecondApprover);
        }

        if (order.HasObstacle || order.IsPartlyAccepted)
        {
            return Answer.Refused("order_not_ready");
        }

        if (isSeen && !hostFails && order.Seen != order.Reviewed)
        {
            order.Events.Add($"review_outdated {Name(approve.Who)}");
            order.Approvals.RemoveAll(a => a.Reviewed == order.Seen);
            return Answer.Refused("stale_review");
        }

        if (others.Count + 1 < needed && !hostFails)
        {
            order.Approvals.RemoveAll(a => !others.Contains(a));
            order.Approvals.Add((order.Seen!, actor));
            order.Events.Add($"approval_given {Name(approve.Who)}");
            return Answer.Of($"{order.State}");
        }

        return Apply(order, Name(approve.Who)) ? Answer.Of($"{order.State}") : Answer.Refused("apply_failed");
    }

    private bool Apply(ModelOrder order, string who)
    {
        if (hostFails)
        {
            order.Events.Add($"failed {who}");
            Fail(order, "apply_failed");
            return false;
        }

        order.Applied++;
        order.Approvals.Clear();
        order.Error = null;
        order.NextApply = null;
        order.Move(OrderState.Approved, who);
        order.Move(OrderState.Applied, ModelOrder.Engine);
        order.Items.FindAll(i => i.State == ItemState.Submitted).ForEach(item =>
        {
            item.IsAccepted = false;
            item.Move(ItemState.Accepted, ModelOrder.Engine);
            item.Move(ItemState.Completed, ModelOrder.Engine);
        });
        order.Move(OrderState.Completed, ModelOrder.Engine);
        return true;
    }

    private static bool AllowsSelfApproval(ModelOrder order) => Cast.Types[order.Type] == LenientJob.Key;

    private static bool IsAutomatic(ModelOrder order) => Cast.Types[order.Type] == AutomaticJob.Key;

    private static void Fail(ModelOrder order, string error)
    {
        order.ApplyAttempts++;
        order.Error = error;
    }

    /// <summary>Approves an order without a person; one that fails has a time at which it is tried again.</summary>
    private bool ApproveByItself(ModelOrder order)
    {
        if (order.Held || order.NextApply is null)
        {
            return false;
        }

        if (!order.HasObstacle && Apply(order, "system:auto-approve"))
        {
            return true;
        }

        if (order.HasObstacle)
        {
            Fail(order, "order_not_ready");
        }

        order.NextApply = Now + Math.Min(Cast.Backoff * (1 << (order.ApplyAttempts - 1)), Cast.MaxBackoff);
        return false;
    }

    private int ApproveAllDue() =>
        orders.Values.Where(o => o.State == OrderState.Submitted && !o.Held && o.NextApply <= Now).ToList().Count(ApproveByItself);

    private Answer Close(int who, int number)
    {
        if (OrderOf(number, who) is not { } order)
        {
            return Answer.Refused("not_found");
        }

        var actor = Cast.Actors[who];
        if (actor.Type == ActorType.Agent && !actor.IsSame(order.Requester))
        {
            return Answer.Refused("approval_denied", ApprovalDeniedReason.Agent);
        }

        if (!order.IsLive && order.State != OrderState.Submitted)
        {
            return Answer.Refused("illegal_transition");
        }

        Close(order, Name(who));
        return Answer.Of($"{order.State}");
    }

    private static void Close(ModelOrder order, string who)
    {
        order.TakeOut(who);
        order.Items.FindAll(i => i.State == ItemState.Submitted).ForEach(i => i.Reject("rejected", who));
        if (order.State is OrderState.CheckedOut or OrderState.InProgress)
        {
            order.Move(OrderState.Queued, ModelOrder.Engine);
        }

        order.Move(OrderState.Rejected, who);
        order.Approvals.Clear();
        order.NextApply = null;
    }

    private Answer Do(Decide decide, int number)
    {
        var actor = Cast.Actors[decide.Who];
        if (actor.Type == ActorType.Agent)
        {
            return Answer.Refused("approval_denied", ApprovalDeniedReason.Agent);
        }

        if (OrderOf(decide.Order, decide.Who) is not { } order)
        {
            return Answer.Refused("not_found");
        }

        if (order.State != OrderState.Submitted)
        {
            return Answer.Refused("illegal_transition");
        }

        if (order.Held)
        {
            return Answer.Refused("order_not_ready");
        }

        var decisions = decide.About(order.Items).ToLookup(d => d.Kind, d => d.Item);
        var (accepted, rejected, named) =
            (decisions[ItemDecisionKind.Accept].ToList(), decisions[ItemDecisionKind.Reject].ToList(), decisions[ItemDecisionKind.Return].ToList());
        List<ModelItem> decided = [.. accepted, .. rejected, .. named];
        if (decided.Exists(i => i.State != ItemState.Submitted))
        {
            return Answer.Refused("illegal_transition");
        }

        if (decide.AsSeen && decided.Exists(i => i.Seen is { } seen && seen != i.Result))
        {
            return Answer.Refused("stale_review");
        }

        if (GoesBack(order, named, out var returned) is { } refused)
        {
            return refused;
        }

        if (returned.Exists(i => accepted.Contains(i) || rejected.Contains(i)))
        {
            return Answer.Refused("validation_failed");
        }

        if (!AllowsSelfApproval(order) && accepted.Exists(i => i.IsWorkOf(actor)))
        {
            return Answer.Refused("approval_denied", ApprovalDeniedReason.Self);
        }

        if (returned.Count > 0 && WaitsInVain(order))
        {
            return Answer.Refused("dependency_failed");
        }

        order.NextApply = null;
        accepted.ForEach(i => i.IsAccepted = true);
        accepted.ForEach(i => i.Log("item_approved", Name(decide.Who)));
        rejected.ForEach(i => i.Reject("rejected", Name(decide.Who)));
        if (rejected.Count + returned.Count > 0)
        {
            order.Approvals.Clear();
        }

        var isAnyLeft = order.Items.Exists(i => i.State == ItemState.Submitted && !returned.Contains(i));
        if (returned.Count > 0 && isAnyLeft && Cast.MovesReturned(order.Type))
        {
            Move(order, returned, number, Name(decide.Who));
            return Answer.Of($"{order.State} {returned.Count} in order {number}");
        }

        if (returned.Count > 0)
        {
            Return(order, returned, Name(decide.Who));
        }
        else if (!isAnyLeft)
        {
            Close(order, Name(decide.Who));
        }

        return Answer.Of($"{order.State}");
    }

    /// <summary>Moves items to an order of their own.</summary>
    private void Move(ModelOrder order, List<ModelItem> moved, int number, string who)
    {
        var child = new ModelOrder(number, order.Type, order.Requester, order.HasObstacle, order.Tenant) { Priority = order.Priority };
        child.Events.AddRange([$"proposed {who}", $"planned {ModelOrder.Engine}"]);
        foreach (var (i, item) in moved.Index())
        {
            var copy = new ModelItem(new ItemName(number, i), item.MaxAttempts)
            {
                Epoch = item.Epoch, Reworks = item.Reworks + 1, Error = "rework", Available = Now,
            };
            moved.FindAll(other => item.Waits.ContainsKey(other.Name.Item)).ForEach(other => copy.Waits.Add(moved.IndexOf(other), true));
            copy.Blocked = copy.Waits.Count;
            copy.Ready = copy.Blocked == 0 ? Now : null;
            copy.Log("requeued", who);
            child.Items.Add(copy);
        }

        moved.ForEach(i => i.Reject("moved", who));
        orders.Add(number, child);
    }

    private Answer Do(Rework rework)
    {
        if (OrderOf(rework.Order, rework.Who) is not { } order)
        {
            return Answer.Refused("not_found");
        }

        var actor = Cast.Actors[rework.Who];
        if (actor.Type == ActorType.Agent && (!actor.IsSame(order.Requester) || order.State == OrderState.Rejected))
        {
            return Answer.Refused("approval_denied", ApprovalDeniedReason.Agent);
        }

        if (order.State is not (OrderState.Submitted or OrderState.Rejected))
        {
            return Answer.Refused("illegal_transition");
        }

        if (order.State == OrderState.Rejected && rework.Item is not null)
        {
            return Answer.Refused("validation_failed");
        }

        if (WaitsInVain(order))
        {
            return Answer.Refused("dependency_failed");
        }

        var state = order.State == OrderState.Submitted ? ItemState.Submitted : ItemState.Rejected;
        var named = rework.Item is { } number ? [order.Items[number % order.Items.Count]] : order.Items.FindAll(i => i.State == state || i.State == ItemState.Failed);
        if (named.Exists(i => i.State != state && i.State != ItemState.Failed))
        {
            return Answer.Refused("illegal_transition");
        }

        if (named.RemoveAll(i => i.HasMoved) > 0 && named.Count == 0 && order.Open == 0)
        {
            return Answer.Refused("validation_failed");
        }

        if (GoesBack(order, named, out var returned) is { } refused)
        {
            return refused;
        }

        if (order.Key > 0 && OpenWith(order.Key, order.Type, order.Tenant) is var (_, other) && other != order)
        {
            return Answer.Refused("already_open");
        }

        if (order.State == OrderState.Rejected)
        {
            order.PutBack(Now);
        }

        Return(order, returned, Name(rework.Who));
        return Answer.Of($"{order.State}");
    }

    /// <summary>What is done again with items that somebody returns; the answer if it may not be.</summary>
    private static Answer? GoesBack(ModelOrder order, List<ModelItem> named, out List<ModelItem> returned)
    {
        var done = order.State == OrderState.Submitted ? ItemState.Submitted : ItemState.Rejected;
        if (order.WithDependents(named, Cast.RedoesDependents(order.Type) ? done : null) is not { } all)
        {
            returned = [];
            return Answer.Refused("dependency_failed");
        }

        // In the order in which they were planned, however they were named.
        returned = [.. all.Where(i => !i.HasMoved).OrderBy(i => i.Name.Item)];
        return returned.Exists(i => i.Reworks >= Cast.MaxReworks) ? Answer.Refused("rework_limit") : null;
    }

    private void Return(ModelOrder order, List<ModelItem> returned, string who)
    {
        foreach (var item in returned)
        {
            if (item.State == ItemState.Submitted)
            {
                item.Reject("rework", who);
            }

            (item.Attempts, item.Releases) = item.State == ItemState.Failed ? (0, 0) : (item.Attempts, item.Releases);
            item.Reworks++;
            (item.Result, item.SubmittedBy, item.Error) = (null, null, "rework");
            order.Enter(item, who, Now);
        }

        order.WaitAgain(returned);
        order.Approvals.Clear();
        if (order.State == OrderState.Submitted)
        {
            order.Move(OrderState.Rejected, who);
        }

        order.Move(OrderState.Queued, who);
        order.ApplyAttempts = 0;
        (order.Submitted, order.Error, order.NextApply) = (null, null, order.NextApply is null ? null : Now);
    }

    private Answer Do(Retry retry)
    {
        if (Decide(retry.Who, retry.Order, byProposer: true, out var order) is { } refused)
        {
            return refused;
        }

        if (!order.IsLive && order.State != OrderState.Failed)
        {
            return Answer.Refused("illegal_transition");
        }

        if (WaitsInVain(order))
        {
            return Answer.Refused("dependency_failed");
        }

        var named = retry.Item is { } number ? [order.Items[number % order.Items.Count]] : order.Items.FindAll(i => i.State == ItemState.Failed);
        if ((named.Count == 0 && order.IsLive) || named.Exists(i => i.State != ItemState.Failed))
        {
            return Answer.Refused("illegal_transition");
        }

        if (order.WithDependents(named, null) is not { } failed)
        {
            return Answer.Refused("dependency_failed");
        }

        if (Cast.RuleOf(order.Type) == ItemFailure.FailOrderAtOnce && failed.Count < order.Items.Count(i => i.State == ItemState.Failed))
        {
            return Answer.Refused("validation_failed");
        }

        if (order.State == OrderState.Failed)
        {
            order.PutBack(Now);
        }

        foreach (var item in failed)
        {
            (item.Attempts, item.Releases) = retry.KeepAttempts ? (item.Attempts, item.Releases) : (0, 0);
            item.Error = null;
            order.Enter(item, Name(retry.Who), Now);
        }

        order.WaitAgain(failed);

        if (order.State == OrderState.Failed)
        {
            order.Error = null;
            order.Move(OrderState.Queued, Name(retry.Who));
        }

        return Answer.Of($"{order.State}");
    }

    private Answer Do(GiveUp giveUp)
    {
        if (Decide(giveUp.Who, giveUp.Order, byProposer: true, out var order) is { } refused)
        {
            return refused;
        }

        if (order.State is not (OrderState.Failed or OrderState.Rejected))
        {
            return Answer.Refused("illegal_transition");
        }

        order.Items.FindAll(i => i.State == ItemState.Failed).ForEach(i => i.Move(ItemState.DeadLettered, Name(giveUp.Who)));
        order.Move(OrderState.DeadLettered, Name(giveUp.Who));
        order.Error = "dead_lettered";
        return Answer.Of($"{order.State}");
    }

    private Answer Do(Look look)
    {
        if (OrderOf(look.Order, look.Who) is not { } order)
        {
            return Answer.Refused("not_found");
        }

        order.Items.ForEach(i => i.Seen = i.Result);
        return Answer.Of(order.View().ToString());
    }

    private Answer Do(Hold hold)
    {
        if (Decide(hold.Who, hold.Order, byProposer: false, out var order) is { } refused)
        {
            return refused;
        }

        if (!order.Held)
        {
            if (!order.IsLive && order.State != OrderState.Submitted)
            {
                return Answer.Refused("illegal_transition");
            }

            order.Held = true;
            order.Events.Add($"held {Name(hold.Who)}");
            order.TakeOut(Name(hold.Who));
            if (order.State is OrderState.CheckedOut or OrderState.InProgress)
            {
                order.Move(OrderState.Queued, ModelOrder.Engine);
            }
        }

        return Answer.Of($"{order.State} held True");
    }

    private Answer Do(Resume resume)
    {
        if (Decide(resume.Who, resume.Order, byProposer: false, out var order) is { } refused)
        {
            return refused;
        }

        if (order.Held)
        {
            order.Held = false;
            order.Events.Add($"resumed {Name(resume.Who)}");
            order.PutBack(Now);
        }

        return Answer.Of($"{order.State} held False");
    }

    private Answer Do(Prioritize prioritize)
    {
        if (prioritize.Priority > 100)
        {
            return Answer.Refused("validation_failed");
        }

        if (Decide(prioritize.Who, prioritize.Order, byProposer: true, out var order) is { } refused)
        {
            return refused;
        }

        if (order.IsClosed)
        {
            return Answer.Refused("illegal_transition");
        }

        if (order.Priority != prioritize.Priority)
        {
            order.Priority = prioritize.Priority;
            order.Events.Add($"rescheduled {Name(prioritize.Who)}");
        }

        return Answer.Of($"{order.Priority}");
    }

    /// <summary>Whether somebody may decide about an order; null if so.</summary>
    private Answer? Decide(int who, int number, bool byProposer, out ModelOrder order)
    {
        if (OrderOf(number, who) is not { } known)
        {
            order = null!;
            return Answer.Refused("not_found");
        }

        order = known;
        var actor = Cast.Actors[who];
        return actor.Type == ActorType.Agent && !(byProposer && actor.IsSame(order.Requester))
            ? Answer.Refused("approval_denied", ApprovalDeniedReason.Agent)
            : null;
    }

    /// <summary>Every two seconds, a checkout takes back and makes ready what is due of everybody.</summary>
    private void LookAround()
    {
        if (Now - looked >= 2)
        {
            Refill();
            looked = Now;
        }
    }

    /// <summary>
    /// What a checkout may have found due, of its types: it leaves out those that were at their limits when it began, and others may have come in between.
    /// </summary>
    private IEnumerable<WorkModel> Refilled(CheckOut request)
    {
        var types = AllItems.Where(i => (IsDue(i) || IsExpired(i)) && Matches(i, request)).Select(i => orders[i.Name.Order].Type).Distinct().ToList();
        List<List<int>> choices = types.Count == 0 ? [] : limits is null ? [types] : types.Aggregate<int, List<List<int>>>(
            [[]], (sets, type) => [.. sets, .. sets.Select(set => (List<int>)[.. set, type])]).GetRange(1, (1 << types.Count) - 1);
        return choices.Select(choice =>
        {
            var refilled = Clone();
            refilled.Refill(request, choice);
            return refilled;
        });
    }

    /// <summary>Makes ready what is due, and takes back what has expired: of everybody, or of what a checkout asks for.</summary>
    private (int Promoted, int Reclaimed) Refill(CheckOut? request = null, List<int>? types = null)
    {
        var meant = AllItems.Where(i => request is null || (Matches(i, request) && types!.Contains(orders[i.Name.Order].Type))).ToList();
        var due = meant.Where(IsDue).ToList();
        due.ForEach(i => i.Ready = Now);
        var expired = meant.Where(IsExpired).ToList();
        expired.ForEach(TakeBack);
        foreach (var order in expired.Select(i => orders[i.Name.Order]).Distinct())
        {
            Settle(order);
            order.RequeueIfIdle();
        }

        return (due.Count, expired.Count);
    }

    private void TakeBack(ModelItem item)
    {
        item.Attempts++;
        item.EndLease();
        if (item.Attempts >= item.MaxAttempts)
        {
            item.Error = "max_attempts_exceeded";
            item.Log("lease_expired", ModelOrder.Engine);
            item.Move(ItemState.Failed, ModelOrder.Engine);
            return;
        }

        item.Available = Now + PauseOf(item);
        item.Move(ItemState.Queued, ModelOrder.Engine, "lease_expired");
    }

    private Answer Holding(int who, int lease, int lie, Func<ModelItem, string, Answer> then)
    {
        if (LeaseOf(lease) is not { } known)
        {
            return Answer.Refused("not_found");
        }

        var item = Find(known.Grant.Item)!;
        who = who == Command.Holder ? known.Who : who;
        if (!Sees(who, orders[item.Name.Order]))
        {
            return Answer.Refused("not_found");
        }

        var acts = Cast.Actors[who];
        actor = acts.ToString();
        return item switch
        {
            _ when item.Epoch != known.Grant.Epoch + lie => Answer.Refused("lease_lost", LeaseLostReason.Superseded),
            { IsLeased: false } => Answer.Refused("lease_lost", LeaseLostReason.NotLeased),
            _ when !item.Holder!.IsSame(acts) => Answer.Refused("lease_lost", LeaseLostReason.NotHolder),
            _ when IsExpired(item) => Answer.Refused("lease_lost", LeaseLostReason.Expired),
            _ => then(item, actor),
        };
    }

    private bool IsDue(ModelItem item) => item.State == ItemState.Queued && item.Ready is null && item.Blocked == 0 && item.Available <= Now;

    private bool IsExpired(ModelItem item) => item.IsLeased && item.Expires <= Now;

    /// <summary>The order that a number means, if the actor sees it.</summary>
    private ModelOrder? OrderOf(int number, int who) =>
        number != Command.Nothing && known.Count > 0 && orders[known[^(1 + (number % known.Count))]] is { } order && Sees(who, order) ? order : null;

    /// <summary>The open order that has a unique key.</summary>
    private (int Number, ModelOrder Order)? OpenWith(int key, int type, string tenant) => orders
        .Where(o => o.Value.Key == key && o.Value.Type == type && o.Value.Tenant == tenant && !o.Value.IsClosed)
        .Select(o => ((int, ModelOrder)?)(o.Key, o.Value)).SingleOrDefault();

    private static bool Sees(int who, ModelOrder order) => Cast.TenantOf(who) is not { } tenant || tenant == order.Tenant;

    private (Grant Grant, int Who)? LeaseOf(int number) => number == Command.Nothing || leases.Count == 0 ? null : leases[^(1 + (number % leases.Count))];

    private ModelItem? Find(ItemName name) => orders.TryGetValue(name.Order, out var order) ? order.Items[name.Item] : null;

    private static string Name(int who) => Cast.Actors[who].ToString();
}
