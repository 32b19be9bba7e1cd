-- As submit.sql for leases of several orders: those have to be locked in one order of ids, and counted, which one item does without.
WITH given AS MATERIALIZED (
    SELECT g.item, g.order_id, g.epoch FROM unnest(@items::uuid[], @orders::uuid[], @epochs::bigint[]) AS g (item, order_id, epoch)
), locked AS MATERIALIZED (
    SELECT id FROM work_orders WHERE id = ANY(@orders::uuid[]) ORDER BY id FOR NO KEY UPDATE
), counted AS (
    SELECT locked.id, count(*)::int AS n FROM locked JOIN given ON given.order_id = locked.id GROUP BY locked.id
), o AS (
    UPDATE work_orders AS o
    SET revision = o.revision + 1, items_open = o.items_open - n, updated_at = now(),
        state = CASE WHEN o.items_open = n THEN 'submitted' ELSE 'in_progress' END,
        submitted_at = CASE WHEN o.items_open = n THEN now() ELSE o.submitted_at END,
        last_transitioned_at = CASE WHEN o.items_open = n OR o.state <> 'in_progress' THEN now() ELSE o.last_transitioned_at END
    FROM counted
    WHERE o.id = counted.id
    RETURNING o.id, o.items_open, o.items_total, n
), i AS (
    UPDATE work_items AS i
    SET state = 'submitted', result_version = 1, result = @result::json, result_hash = @result_hash, error = NULL,
        submitted_at = now(), submitted_by_type = 'agent', submitted_by_id = @holder,
        leased_by_agent_id = NULL, lease_expires_at = NULL, last_heartbeat_at = NULL, leased_at = NULL, lease_seconds = NULL,
        updated_at = now(), revision = i.revision + 2
    FROM given, o
    WHERE o.id = given.order_id AND i.id = given.item AND i.lease_epoch = given.epoch AND i.leased_by_agent_id = @holder
        AND i.lease_expires_at > clock_timestamp() AND i.state = 'leased'
    RETURNING i.id, i.order_id, i.lease_epoch
)
INSERT INTO work_events (order_id, item_id, event, actor_type, actor_id, payload, message, lease_epoch, content_hash, created_at, operation_id)
SELECT order_id, id, 'in_progress', 'agent', @holder, NULL, NULL, lease_epoch, @nothing_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM i
UNION ALL
SELECT order_id, id, 'submitted', 'agent', @holder, @payload::json, NULL, lease_epoch, @payload_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM i
UNION ALL
SELECT id, NULL, 'in_progress', 'agent', @holder, NULL, NULL, NULL, @nothing_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM o WHERE items_open + n = items_total
UNION ALL
SELECT id, NULL, 'submitted', 'system', 'workmanager', NULL, 'All items submitted', NULL, @all_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM o WHERE items_open = 0
