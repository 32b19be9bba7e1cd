-- As if every holder had sent its first heartbeat, which says that work has begun.
UPDATE work_items SET state = 'in_progress' WHERE state = 'leased'
