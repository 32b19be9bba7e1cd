INSERT INTO work_orders
    (id, type, priority, requested_by_type, requested_by_id, payload, payload_hash, items_total, items_open, last_transitioned_at, created_at, updated_at)
SELECT id, @type, 0, 'user', @requester, @payload::json, @payload_hash, @item_count, @item_count, now(), now(), now() FROM unnest(@orders) AS id;

INSERT INTO work_items (id, order_id, order_type, type, priority, input, available_at, ready_at, created_at, updated_at)
SELECT id, order_id, @type, @type, 0, input::json, now(), now(), now(), now() FROM unnest(@items, @orders_of_items, @inputs) AS i (id, order_id, input);

INSERT INTO work_events (order_id, event, actor_type, actor_id, payload, content_hash, created_at, operation_id)
SELECT id, e.event, e.actor_type, e.actor_id, e.payload::json, e.hash, now(), '01900000-0000-7000-8000-000000000000'::uuid
FROM unnest(@orders) AS id, (VALUES
    ('proposed', 'user', @requester, @payload, @proposed_hash),
    ('planned', 'system', 'workmanager', @planned, @planned_hash)) AS e (event, actor_type, actor_id, payload, hash);

INSERT INTO work_provenances (order_id, operation, actor_type, actor_id, created_at, operation_id)
SELECT id, 'propose', 'user', @requester, now(), '01900000-0000-7000-8000-000000000000'::uuid FROM unnest(@orders) AS id;
