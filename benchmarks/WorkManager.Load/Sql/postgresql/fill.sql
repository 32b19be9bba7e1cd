-- Puts the orders from @first to @last, of @items items each, in the queue, as proposing them would. Ids ascend, so that the queue hands out order after order.
WITH o AS (
    INSERT INTO work_orders
        (id, type, priority, requested_by_type, requested_by_id, payload, payload_hash, items_total, items_open, last_transitioned_at, created_at, updated_at)
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, @type, 0, 'user', 'load', @payload::json, repeat('0', 64), @items, @items, now(), now(), now()
    FROM generate_series(@first, @last) AS n
), i AS (
    INSERT INTO work_items (id, order_id, order_type, type, priority, input, available_at, ready_at, created_at, updated_at)
    SELECT ('01900000-0000-7000-9000-' || lpad(to_hex(n * 100000 + m), 12, '0'))::uuid, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
        @type, @type, 0, @input::json, now(), now(), now(), now()
    FROM generate_series(@first::bigint, @last) AS n, generate_series(1, @items) AS m
), p AS (
    INSERT INTO work_provenances (order_id, operation, actor_type, actor_id, created_at)
    SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'propose', 'user', 'load', now()
    FROM generate_series(@first, @last) AS n
)
INSERT INTO work_events (order_id, event, actor_type, actor_id, payload, content_hash, created_at)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, e.event, e.actor_type, e.actor_id, e.payload::json, repeat('0', 64), now()
FROM generate_series(@first, @last) AS n,
    (VALUES ('proposed', 'user', 'load', @payload), ('planned', 'system', 'workmanager', '{"item_count":' || @items || '}')) AS e (event, actor_type, actor_id, payload)
