-- The rights of the role that deletes old orders with their history: the duty PruneAsync, and nothing else. The role of the application must not have them.
-- Run this as the owner of the tables, after the first migration and after each upgrade.
-- Put your role in place of workmanager_prune, and your schema in place of public.

GRANT USAGE ON SCHEMA public TO workmanager_prune;

-- Whose turn it is.
GRANT SELECT, INSERT, UPDATE ON work_duties TO workmanager_prune;

-- It locks the orders that it deletes, and their items go with them.
GRANT SELECT, UPDATE, DELETE ON work_orders TO workmanager_prune;

-- An order for which another one waits is kept; what does not wait any more goes with it.
GRANT SELECT, DELETE ON work_order_dependencies TO workmanager_prune;

-- History.
GRANT SELECT, DELETE ON work_events, work_provenances, work_decisions TO workmanager_prune;
