-- As checkout.sql for many items, which travel from statement to statement as JSON: one item does without.
UPDATE work_items
SET state = 'leased', ready_at = NULL, leased_by_agent_id = @holder, lease_epoch = lease_epoch + 1, lease_seconds = @seconds,
    leased_at = @now, last_heartbeat_at = @now, lease_expires_at = @expires, updated_at = @now, revision = revision + 1
WHERE id IN (
    SELECT id FROM work_items
    WHERE ready_at IS NOT NULL AND +tenant_id = ''
    ORDER BY priority DESC, ready_at, id LIMIT @count)
RETURNING id, order_id, lease_epoch, input;

UPDATE work_orders
SET state = 'checked_out', last_transitioned_at = @now, updated_at = @now, revision = revision + 1
WHERE id IN (SELECT value ->> 'order' FROM json_each(@leases)) AND +state = 'queued'
RETURNING id;

INSERT INTO work_events (order_id, item_id, event, actor_type, actor_id, payload, lease_epoch, content_hash, created_at, operation_id)
SELECT value ->> 'order', value ->> 'item', 'leased', 'agent', @holder, @leased, value ->> 'epoch', @leased_hash, @now, '01900000-0000-7000-8000-000000000000' FROM json_each(@leases)
UNION ALL
SELECT value, NULL, 'checked_out', 'agent', @holder, @agent, NULL, @agent_hash, @now, '01900000-0000-7000-8000-000000000000' FROM json_each(@opened);
