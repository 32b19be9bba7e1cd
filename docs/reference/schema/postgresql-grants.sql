-- The rights of the role that an application with WorkManager runs as: it works with the rows, and changes no table.
-- Migrations run as the role that owns the tables. Run this as the owner, after the first migration and after each upgrade.
-- Put your role in place of workmanager_app, and your schema in place of public.

GRANT USAGE ON SCHEMA public TO workmanager_app;

-- What changes state.
GRANT SELECT, INSERT, UPDATE ON work_orders, work_items, work_item_parts, work_decisions, work_duties, work_order_dependencies, work_item_dependencies
    TO workmanager_app;

-- What is written once: the audit trail cannot be changed by the application.
GRANT SELECT, INSERT ON work_events, work_provenances TO workmanager_app;

-- What expires.
GRANT SELECT, INSERT, UPDATE, DELETE ON work_idempotency_keys TO workmanager_app;

-- What is there for a while. An application that pauses no order type needs no more than SELECT.
GRANT SELECT, INSERT, DELETE ON work_paused_types TO workmanager_app;
