WITH o AS (
    UPDATE work_orders
    SET revision = revision + 1, items_open = items_open - 1, updated_at = now(),
        state = CASE WHEN items_open = 1 THEN 'submitted' ELSE 'in_progress' END,
        submitted_at = CASE WHEN items_open = 1 THEN now() ELSE submitted_at END,
        last_transitioned_at = CASE WHEN items_open = 1 OR state <> 'in_progress' THEN now() ELSE last_transitioned_at END
    WHERE id = @order::uuid
    RETURNING id, items_open, items_total
), i AS (
    UPDATE work_items AS i
    SET state = 'submitted', result_version = 1, result = @result::json, result_hash = @result_hash, error = NULL,
        submitted_at = now(), submitted_by_type = 'agent', submitted_by_id = @holder,
        leased_by_agent_id = NULL, lease_expires_at = NULL, last_heartbeat_at = NULL, leased_at = NULL, lease_seconds = NULL,
        updated_at = now(), revision = i.revision + 2
    FROM o
    WHERE i.id = @item::uuid AND i.lease_epoch = @epoch::bigint AND i.leased_by_agent_id = @holder AND i.lease_expires_at > clock_timestamp()
        AND i.state = 'leased'
    RETURNING i.id, i.order_id, i.lease_epoch, o.items_open, o.items_total
)
INSERT INTO work_events (order_id, item_id, event, actor_type, actor_id, payload, message, lease_epoch, content_hash, created_at, operation_id)
SELECT order_id, id, 'in_progress', 'agent', @holder, NULL, NULL, lease_epoch, @nothing_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM i
UNION ALL
SELECT order_id, id, 'submitted', 'agent', @holder, @payload::json, NULL, lease_epoch, @payload_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM i
UNION ALL
SELECT order_id, NULL, 'in_progress', 'agent', @holder, NULL, NULL, NULL, @nothing_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM i WHERE items_open = items_total - 1
UNION ALL
SELECT order_id, NULL, 'submitted', 'system', 'workmanager', NULL, 'All items submitted', NULL, @all_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM i WHERE items_open = 0
