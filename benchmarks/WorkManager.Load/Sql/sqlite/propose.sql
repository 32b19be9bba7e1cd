INSERT INTO work_orders
    (id, type, priority, requested_by_type, requested_by_id, payload, payload_hash, items_total, items_open, last_transitioned_at, created_at, updated_at)
VALUES (@order, @type, 0, 'user', @requester, @payload, @payload_hash, 1, 1, @now, @now, @now);

INSERT INTO work_items (id, order_id, order_type, type, priority, input, available_at, ready_at, created_at, updated_at)
VALUES (@item, @order, @type, @type, 0, @input, @now, @now, @now, @now);

INSERT INTO work_events (order_id, event, actor_type, actor_id, payload, content_hash, created_at, operation_id)
VALUES
    (@order, 'proposed', 'user', @requester, @payload, @proposed_hash, @now, '01900000-0000-7000-8000-000000000000'),
    (@order, 'planned', 'system', 'workmanager', @planned, @planned_hash, @now, '01900000-0000-7000-8000-000000000000');

INSERT INTO work_provenances (order_id, operation, actor_type, actor_id, created_at, operation_id)
VALUES (@order, 'propose', 'user', @requester, @now, '01900000-0000-7000-8000-000000000000');
