UPDATE work_orders
SET revision = revision + 1, items_open = items_open - 1, updated_at = @now,
    state = CASE WHEN items_open = 1 THEN 'submitted' ELSE 'in_progress' END,
    submitted_at = CASE WHEN items_open = 1 THEN @now ELSE submitted_at END,
    last_transitioned_at = CASE WHEN items_open = 1 OR state <> 'in_progress' THEN @now ELSE last_transitioned_at END
WHERE id = @order
RETURNING items_open, items_total;

UPDATE work_items
SET state = 'submitted', result_version = 1, result = @result, result_hash = @result_hash, error = NULL,
    submitted_at = @now, submitted_by_type = 'agent', submitted_by_id = @holder,
    leased_by_agent_id = NULL, lease_expires_at = NULL, last_heartbeat_at = NULL, leased_at = NULL, lease_seconds = NULL,
    updated_at = @now, revision = revision + 2
WHERE id = @item AND lease_epoch = @epoch AND leased_by_agent_id = @holder AND lease_expires_at > @now AND +state = 'leased';

INSERT INTO work_events (order_id, item_id, event, actor_type, actor_id, payload, message, lease_epoch, content_hash, created_at, operation_id)
SELECT @order, @item, 'in_progress', 'agent', @holder, NULL, NULL, @epoch, @nothing_hash, @now, '01900000-0000-7000-8000-000000000000'
UNION ALL
SELECT @order, @item, 'submitted', 'agent', @holder, @payload, NULL, @epoch, @payload_hash, @now, '01900000-0000-7000-8000-000000000000'
UNION ALL
SELECT @order, NULL, 'in_progress', 'agent', @holder, NULL, NULL, NULL, @nothing_hash, @now, '01900000-0000-7000-8000-000000000000' WHERE @first
UNION ALL
SELECT @order, NULL, 'submitted', 'system', 'workmanager', NULL, 'All items submitted', NULL, @all_hash, @now, '01900000-0000-7000-8000-000000000000' WHERE @last;
