UPDATE work_items
SET state = 'leased', ready_at = NULL, leased_by_agent_id = @holder, lease_epoch = lease_epoch + 1, lease_seconds = @seconds,
    leased_at = @now, last_heartbeat_at = @now, lease_expires_at = @expires, updated_at = @now, revision = revision + 1
WHERE id = (
    SELECT id FROM work_items
    WHERE ready_at IS NOT NULL AND +tenant_id = ''
    ORDER BY priority DESC, ready_at, id LIMIT 1)
RETURNING id, order_id, lease_epoch, input;

UPDATE work_orders
SET state = 'checked_out', last_transitioned_at = @now, updated_at = @now, revision = revision + 1
WHERE id = @order AND state = 'queued';

INSERT INTO work_events (order_id, item_id, event, actor_type, actor_id, payload, lease_epoch, content_hash, created_at, operation_id)
SELECT @order, @item, 'leased', 'agent', @holder, @leased, @epoch, @leased_hash, @now, '01900000-0000-7000-8000-000000000000'
UNION ALL
SELECT @order, NULL, 'checked_out', 'agent', @holder, @agent, NULL, @agent_hash, @now, '01900000-0000-7000-8000-000000000000' WHERE @opened;
