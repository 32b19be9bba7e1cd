-- Puts the orders from @first to @last, of @items items each, in the queue, as proposing them would. Ids ascend, so that the queue hands out order after order.
WITH RECURSIVE n (n) AS (SELECT @first UNION ALL SELECT n + 1 FROM n WHERE n < @last)
INSERT INTO work_orders
    (id, type, priority, requested_by_type, requested_by_id, payload, payload_hash, items_total, items_open, last_transitioned_at, created_at, updated_at)
SELECT printf('01900000-0000-7000-8000-%012X', n), @type, 0, 'user', 'load', @payload, printf('%064d', 0), @items, @items, @now, @now, @now FROM n;

WITH RECURSIVE n (n) AS (SELECT @first UNION ALL SELECT n + 1 FROM n WHERE n < @last), m (m) AS (SELECT 1 UNION ALL SELECT m + 1 FROM m WHERE m < @items)
INSERT INTO work_items (id, order_id, order_type, type, priority, input, available_at, ready_at, created_at, updated_at)
SELECT printf('01900000-0000-7000-9000-%012X', n * 100000 + m), printf('01900000-0000-7000-8000-%012X', n), @type, @type, 0, @input, @now, @now, @now, @now
FROM n, m;

WITH RECURSIVE n (n) AS (SELECT @first UNION ALL SELECT n + 1 FROM n WHERE n < @last)
INSERT INTO work_events (order_id, event, actor_type, actor_id, payload, content_hash, created_at)
SELECT printf('01900000-0000-7000-8000-%012X', n), 'proposed', 'user', 'load', @payload, printf('%064d', 0), @now FROM n
UNION ALL
SELECT printf('01900000-0000-7000-8000-%012X', n), 'planned', 'system', 'workmanager', '{"item_count":' || @items || '}', printf('%064d', 0), @now FROM n;

WITH RECURSIVE n (n) AS (SELECT @first UNION ALL SELECT n + 1 FROM n WHERE n < @last)
INSERT INTO work_provenances (order_id, operation, actor_type, actor_id, created_at)
SELECT printf('01900000-0000-7000-8000-%012X', n), 'propose', 'user', 'load', @now FROM n;
