-- The finished orders from @first to @last, of ten items with ten events an item. Their numbers begin where those of the queue cannot be.
-- Nothing here can break a foreign key: without their checks it takes half the time.
SET LOCAL session_replication_role = replica;

INSERT INTO work_orders
    (id, type, state, requested_by_type, requested_by_id, payload, payload_hash, items_total, items_open, last_transitioned_at, applied_at, completed_at, created_at, updated_at)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(100000000 + n), 12, '0'))::uuid, @type, 'completed', 'user', 'load', @payload::json, repeat('0', 64), 10, 0,
    t.at, t.at, t.at, t.at, t.at
FROM generate_series(@first, @last) AS n, LATERAL (SELECT now() - make_interval(secs => n) AS at) AS t;

INSERT INTO work_items
    (id, order_id, order_type, type, state, lease_epoch, input, result, result_hash, submitted_at, submitted_by_type, submitted_by_id, available_at, created_at, updated_at, revision)
SELECT ('01900000-0000-7000-9000-' || lpad(to_hex((100000000 + n::bigint) * 100 + m), 12, '0'))::uuid,
    ('01900000-0000-7000-8000-' || lpad(to_hex(100000000 + n), 12, '0'))::uuid, @type, @type, 'completed', 1, @input::json, @payload::json, repeat('0', 64),
    t.at, 'agent', 'load-agent', t.at, t.at, t.at, 5
FROM generate_series(@first, @last) AS n, LATERAL (SELECT now() - make_interval(secs => n) AS at) AS t, generate_series(1, 10) AS m;

INSERT INTO work_events (order_id, item_id, event, actor_type, actor_id, payload, lease_epoch, content_hash, created_at)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(100000000 + n), 12, '0'))::uuid, ('01900000-0000-7000-9000-' || lpad(to_hex((100000000 + n::bigint) * 100 + m), 12, '0'))::uuid,
    e.event, 'agent', 'load-agent', '{"lease_expires_at":"2026-01-01T00:00:00.000000+00:00"}'::json, 1, repeat('0', 64), now() - make_interval(secs => n)
FROM generate_series(@first, @last) AS n, generate_series(1, 10) AS m,
    unnest(ARRAY['leased', 'in_progress', 'heartbeat', 'heartbeat', 'heartbeat', 'heartbeat', 'heartbeat', 'submitted', 'accepted', 'completed']) AS e (event);
