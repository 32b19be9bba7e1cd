-- The orders from @first to @last, of ten items that are not due yet. Their numbers begin where those of finished orders cannot be.
INSERT INTO work_orders
    (id, type, requested_by_type, requested_by_id, payload, payload_hash, items_total, items_open, last_transitioned_at, created_at, updated_at)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(200000000 + n), 12, '0'))::uuid, @type, 'user', 'load', @payload::json, repeat('0', 64), 10, 10, now(), now(), now()
FROM generate_series(@first, @last) AS n;

INSERT INTO work_items (id, order_id, order_type, type, input, available_at, ready_at, created_at, updated_at)
SELECT ('01900000-0000-7000-9000-' || lpad(to_hex((200000000 + n::bigint) * 100 + m), 12, '0'))::uuid,
    ('01900000-0000-7000-8000-' || lpad(to_hex(200000000 + n), 12, '0'))::uuid, @type, @type, @input::json, now() + interval '1 day', NULL, now(), now()
FROM generate_series(@first, @last) AS n, generate_series(1, 10) AS m;
