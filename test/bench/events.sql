/*
 * test/bench/events.sql - the events that script/bench measures journeys on.
 *
 *     psql -v rows=10000000 -f test/bench/events.sql
 *
 * As many as there are orders, of one visitor for every ten: each comes in some
 * week of a month, and does much of what is easy and little of what is hard.  Times
 * are whole seconds, which all peers can hold.
 */
CREATE UNLOGGED TABLE events (
    visitor_id  bigint,
    occurred_at timestamptz,
    event       text
);

INSERT INTO events
SELECT visitor_id,
       timestamptz '2024-01-01 UTC' + (bench.draw(visitor_id, 22, 2592000) + bench.draw(i, 23, 604800)) * interval '1 second',
       ('{view,view,view,view,search,search,cart,cart,checkout,purchase}'::text[])[1 + bench.draw(i, 24, 10)]
FROM (SELECT i, 1 + bench.draw(i, 21, :rows / 10) AS visitor_id FROM generate_series(1, :rows) AS i OFFSET 0) AS drawn;

VACUUM (FREEZE, ANALYZE) events;
