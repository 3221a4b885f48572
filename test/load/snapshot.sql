\set n :n + 1
\set back random(0, 19)
BEGIN ISOLATION LEVEL REPEATABLE READ;
-- before the transaction sees anything, so that it sees what the one before it wrote
LOCK TABLE metrics.kpi_history IN SHARE ROW EXCLUSIVE MODE;
SELECT engagement_snapshot('metrics', date '2024-12-31' - :back::int);
SELECT count(*) AS differences FROM load.snapshot_differences(date '2024-12-31' - :back::int) \gset
\if :differences
INSERT INTO load.disagreement (question, difference) SELECT 'snapshot', load.snapshot_differences(date '2024-12-31' - :back::int);
\endif
INSERT INTO load.written (round, client, n, kind, id, day, taken_at)
VALUES (:round, :client_id, :n, 'snapshot', nextval('load.snapshot_id'), date '2024-12-31' - :back::int, now());
END;
