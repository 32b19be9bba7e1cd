-- What is in the tables, without what differs from run to run: ids, times, and how often an order was locked.
SELECT 'order ' || state || ' open ' || items_open || ' of ' || items_total || ' failed ' || items_failed || ' ' || type || ' by ' || requested_by_id
    || ' payload ' || payload || ' moved ' || (last_transitioned_at IS NOT NULL)
    || ' applied ' || (applied_at IS NOT NULL) || (completed_at IS NOT NULL) AS line, count(*) AS n
FROM work_orders GROUP BY 1
UNION ALL
SELECT 'item ' || state || ' revision ' || revision || ' attempts ' || attempts || '/' || max_attempts || ' ready ' || (ready_at IS NOT NULL)
    || ' lease ' || coalesce(leased_by_agent_id, '-') || ' ' || lease_epoch || ' ' || coalesce(lease_seconds, '-')
    || ' ' || (lease_expires_at IS NOT NULL) || (leased_at IS NOT NULL) || (last_heartbeat_at IS NOT NULL)
    || ' result ' || coalesce(result, '-') || ' ' || coalesce(result_hash, '-') || ' input ' || input
    || ' submitted ' || (submitted_at IS NOT NULL) || ' ' || coalesce(submitted_by_type, '-') || ' ' || coalesce(submitted_by_id, '-')
    || ' accepted ' || (accepted_at IS NOT NULL), count(*)
FROM work_items GROUP BY 1
UNION ALL
SELECT 'event ' || event || CASE WHEN item_id IS NULL THEN ' order' ELSE ' item' END || ' ' || actor_type || ':' || actor_id
    || ' payload ' || CASE WHEN event = 'leased' THEN json_type(payload, '$.lease_expires_at') ELSE coalesce(payload, '-') END
    || ' message ' || coalesce(message, '-') || ' epoch ' || coalesce(lease_epoch, '-')
    || ' diff ' || coalesce(length(diff), '-')
    || ' hash ' || CASE WHEN event IN ('leased', 'applied') THEN length(content_hash) ELSE content_hash END, count(*)
FROM work_events GROUP BY 1
UNION ALL
SELECT 'provenance ' || operation || ' ' || actor_type || ':' || actor_id || ' ' || coalesce(agent_name, '-'), count(*)
FROM work_provenances GROUP BY 1
UNION ALL
SELECT 'decision ' || decision || ' ' || actor_type || ':' || actor_id || ' own ' || self_approval || ' consumed ' || (consumed_at IS NOT NULL), count(*)
FROM work_decisions GROUP BY 1
UNION ALL
SELECT 'finding ' || summary, count(*) FROM findings GROUP BY 1
ORDER BY 1
