-- Completes all orders, long ago.
UPDATE work_orders SET state = 'completed', items_open = 0, submitted_at = '2020-01-01 00:00:00', completed_at = '2020-01-01 00:00:00', last_transitioned_at = '2020-01-01 00:00:00';
UPDATE work_items SET state = 'completed', ready_at = NULL, submitted_at = '2020-01-01 00:00:00', result = '{}';
