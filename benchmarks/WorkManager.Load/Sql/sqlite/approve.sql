UPDATE work_orders
SET state = 'completed', applied_at = @now, completed_at = @now, last_transitioned_at = @now, updated_at = @now, revision = revision + 1
WHERE id = @order AND state = 'submitted'
RETURNING revision;

UPDATE work_items
SET state = 'completed', accepted_at = @now, updated_at = @now, revision = revision + 2
WHERE order_id = @order AND state = 'submitted'
RETURNING id, lease_epoch, result ->> 'summary';

INSERT INTO findings (id, summary) VALUES (@finding, @summary);

INSERT INTO work_decisions (id, order_id, decision, actor_type, actor_id, order_revision, self_approval, created_at, consumed_at)
VALUES (@decision, @order, 'approve', 'user', @reviewer, @revision, 0, @now, @now);

INSERT INTO work_events (order_id, item_id, event, actor_type, actor_id, diff, message, lease_epoch, content_hash, created_at, operation_id)
VALUES
    (@order, NULL, 'approved', 'user', @reviewer, NULL, NULL, NULL, @nothing_hash, @now, '01900000-0000-7000-8000-000000000000'),
    (@order, NULL, 'applied', 'system', 'workmanager', @diff, 'Changes applied', NULL, @diff_hash, @now, '01900000-0000-7000-8000-000000000000'),
    (@order, @item, 'accepted', 'system', 'workmanager', NULL, 'Work order applied', @epoch, @accepted_hash, @now, '01900000-0000-7000-8000-000000000000'),
    (@order, @item, 'completed', 'system', 'workmanager', NULL, 'Work item completed', @epoch, @item_hash, @now, '01900000-0000-7000-8000-000000000000'),
    (@order, NULL, 'completed', 'system', 'workmanager', NULL, 'All items completed', NULL, @order_hash, @now, '01900000-0000-7000-8000-000000000000');
