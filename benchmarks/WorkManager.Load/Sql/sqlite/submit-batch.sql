-- As submit.sql for many leases, which arrive as JSON: one item does without.
UPDATE work_orders
SET revision = revision + 1, items_open = items_open - g.n, updated_at = @now,
    state = CASE WHEN items_open = g.n THEN 'submitted' ELSE 'in_progress' END,
    submitted_at = CASE WHEN items_open = g.n THEN @now ELSE submitted_at END,
    last_transitioned_at = CASE WHEN items_open = g.n OR state <> 'in_progress' THEN @now ELSE last_transitioned_at END
FROM (SELECT value ->> 'order' AS id, count(*) AS n FROM json_each(@leases) GROUP BY 1) AS g
WHERE work_orders.id = g.id
RETURNING work_orders.id, items_open, items_total;

UPDATE work_items
SET state = 'submitted', result_version = 1, result = @result, result_hash = @result_hash, error = NULL,
    submitted_at = @now, submitted_by_type = 'agent', submitted_by_id = @holder,
    leased_by_agent_id = NULL, lease_expires_at = NULL, last_heartbeat_at = NULL, leased_at = NULL, lease_seconds = NULL,
    updated_at = @now, revision = revision + 2
FROM (SELECT value ->> 'item' AS id, value ->> 'epoch' AS epoch FROM json_each(@leases)) AS g
WHERE work_items.id = g.id AND lease_epoch = g.epoch AND leased_by_agent_id = @holder AND lease_expires_at > @now AND +state = 'leased';

INSERT INTO work_events (order_id, item_id, event, actor_type, actor_id, payload, message, lease_epoch, content_hash, created_at, operation_id)
SELECT value ->> 'order', value ->> 'item', 'in_progress', 'agent', @holder, NULL, NULL, value ->> 'epoch', @nothing_hash, @now, '01900000-0000-7000-8000-000000000000' FROM json_each(@leases)
UNION ALL
SELECT value ->> 'order', value ->> 'item', 'submitted', 'agent', @holder, @payload, NULL, value ->> 'epoch', @payload_hash, @now, '01900000-0000-7000-8000-000000000000' FROM json_each(@leases)
UNION ALL
SELECT value, NULL, 'in_progress', 'agent', @holder, NULL, NULL, NULL, @nothing_hash, @now, '01900000-0000-7000-8000-000000000000' FROM json_each(@begun)
UNION ALL
SELECT value, NULL, 'submitted', 'system', 'workmanager', NULL, 'All items submitted', NULL, @all_hash, @now, '01900000-0000-7000-8000-000000000000' FROM json_each(@done);
