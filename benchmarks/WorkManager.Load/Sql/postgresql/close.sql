-- Completes all orders, long ago.
UPDATE work_orders SET state = 'completed', items_open = 0, submitted_at = timestamptz '2020-01-01', completed_at = timestamptz '2020-01-01', last_transitioned_at = timestamptz '2020-01-01';
UPDATE work_items SET state = 'completed', ready_at = NULL, submitted_at = timestamptz '2020-01-01', result = '{}';
