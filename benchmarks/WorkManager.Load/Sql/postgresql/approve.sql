WITH o AS (
    UPDATE work_orders
    SET state = 'completed', applied_at = now(), completed_at = now(), last_transitioned_at = now(), updated_at = now(), revision = revision + 1
    WHERE id = @order::uuid AND state = 'submitted'
    RETURNING id, revision
), i AS (
    UPDATE work_items AS i
    SET state = 'completed', accepted_at = now(), updated_at = now(), revision = i.revision + 2
    FROM o
    WHERE i.order_id = o.id AND i.state = 'submitted'
    RETURNING i.id, i.order_id, i.lease_epoch, i.result ->> 'summary' AS summary
), finding AS MATERIALIZED (
    SELECT summary, '{"id":"' || @finding || '","summary":' || to_json(summary) || '}' AS row FROM i
), diff AS MATERIALIZED (
    SELECT '{"before":{},"after":{"new:findings:1":' || row || '},"changes":{"new:findings:1":{"type":"added","value":' || row || '}},"summary":null}' AS text
    FROM finding
), f AS (
    INSERT INTO findings (id, summary) SELECT @finding::uuid, summary FROM finding
), d AS (
    INSERT INTO work_decisions (id, order_id, decision, actor_type, actor_id, order_revision, self_approval, created_at, consumed_at)
    SELECT @decision::uuid, id, 'approve', 'user', @reviewer, revision, false, now(), now() FROM o
)
INSERT INTO work_events (order_id, item_id, event, actor_type, actor_id, diff, message, lease_epoch, content_hash, created_at, operation_id)
SELECT id, NULL::uuid, 'approved', 'user', @reviewer, NULL::json, NULL, NULL::bigint, @nothing_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM o
UNION ALL
SELECT o.id, NULL::uuid, 'applied', 'system', 'workmanager', diff.text::json, 'Changes applied', NULL::bigint,
    encode(sha256(convert_to(chr(31) || diff.text || chr(31) || 'Changes applied', 'UTF8')), 'hex'), now(), '01900000-0000-7000-8000-000000000000'::uuid
FROM o, diff
UNION ALL
SELECT order_id, id, 'accepted', 'system', 'workmanager', NULL, 'Work order applied', lease_epoch, @accepted_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM i
UNION ALL
SELECT order_id, id, 'completed', 'system', 'workmanager', NULL, 'Work item completed', lease_epoch, @item_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM i
UNION ALL
SELECT id, NULL, 'completed', 'system', 'workmanager', NULL, 'All items completed', NULL, @order_hash, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM o
