-- What in the attached data would bend the numbers

CREATE TABLE engagement_check (
    check_name  text PRIMARY KEY,
    position    integer NOT NULL UNIQUE,
    severity    text NOT NULL CHECK (severity IN ('error', 'warning', 'note')),
    sources     text[] NOT NULL CHECK (cardinality(sources) > 0),
    meaning     text NOT NULL,
    advice      text NOT NULL,
    rows_query  text NOT NULL,
    quick       text
);

COMMENT ON TABLE engagement_check IS
'what engagement_doctor() looks for; a check is a query for the rows that would bend the numbers';
COMMENT ON COLUMN engagement_check.check_name IS
'name of the finding';
COMMENT ON COLUMN engagement_check.position IS
'order in which findings are reported';
COMMENT ON COLUMN engagement_check.severity IS
'error: such rows are wrong; warning: they are likely to be wrong, look at them; note: nothing is wrong, but who reads the numbers should know';
COMMENT ON COLUMN engagement_check.sources IS
'sources that must be there; the first is the one whose rows are found';
COMMENT ON COLUMN engagement_check.meaning IS
'which rows are found';
COMMENT ON COLUMN engagement_check.advice IS
'what to do about them; :currency is the main currency, and the sentence with it is left out where changes are not weighed';
COMMENT ON COLUMN engagement_check.rows_query IS
'the rows, each as often as it should not be there, in the columns of their source, and one more, example, which names the row; for a schema called metrics, where :as_of is the last day that is over';
COMMENT ON COLUMN engagement_check.quick IS
'an aggregate over the source, whose first letter stands for its rows: 0 where there is nothing to find, so that one scan can tell for many checks; NULL where rows_query has to look';

INSERT INTO engagement_check (position, check_name, severity, sources, meaning, advice, rows_query) VALUES
(10, 'doubled_orders', 'error', '{orders}',
 'orders that are there before, the same in every column',
 'A join in the attached relation multiplies its rows, or they were loaded twice: attach the table of orders itself, or policy grain = line.',
 $rows$
SELECT (d.o).order_id::text AS example, (d.o).*
FROM (SELECT o, row_number() OVER (PARTITION BY o.order_id, o) AS copy
      FROM metrics.orders AS o
      WHERE o.order_id IN (SELECT order_id FROM metrics.orders GROUP BY order_id HAVING count(*) > 1)) AS d
WHERE d.copy > 1
 $rows$),
(20, 'reused_order_ids', 'error', '{orders}',
 'orders with the id of an earlier order, and something different in another column',
 'The mapped order_id is not unique: map one that is, say the number with the year or the shop; or leave out old versions by filter.',
 $rows$
SELECT (d.o).order_id::text AS example, (d.o).*
FROM (SELECT o, dense_rank() OVER (PARTITION BY o.order_id ORDER BY o.ordered_at, o) AS version,
             row_number() OVER (PARTITION BY o.order_id, o.ordered_at, o) AS copy
      FROM metrics.orders AS o
      WHERE o.order_id IN (SELECT order_id FROM metrics.orders GROUP BY order_id HAVING count(*) > 1)) AS d
WHERE d.version > 1 AND d.copy = 1
 $rows$),
(30, 'fanned_out_orders', 'warning', '{orders,order_lines}',
 'orders whose amount is a whole multiple of the sum of their lines, or the other way round',
 'A join has multiplied the lines, or the amount was summed over rows that repeat it: attach the tables themselves rather than the join. Discounts of exactly a half look alike.',
 $rows$
SELECT o.order_id::text AS example, o.*
FROM metrics.orders AS o
JOIN (SELECT order_id, sum(amount) AS total FROM metrics.order_lines GROUP BY order_id) AS l ON l.order_id = o.order_id
WHERE o.gross_amount > 0 AND l.total > 0 AND abs(o.gross_amount - l.total) > 0.01
  AND mod(greatest(o.gross_amount, l.total), least(o.gross_amount, l.total)) = 0
 $rows$),
(40, 'amounts_unlike_lines', 'note', '{orders,order_lines}',
 'orders whose amount differs from the sum of their lines by more than 0.01, and not by a whole multiple',
 'Shipping, taxes and vouchers make such differences: see that the amount holds what you call revenue, with or without them, for all orders alike.',
 $rows$
SELECT o.order_id::text AS example, o.*
FROM metrics.orders AS o
JOIN (SELECT order_id, sum(amount) AS total FROM metrics.order_lines GROUP BY order_id) AS l ON l.order_id = o.order_id
WHERE abs(o.gross_amount - l.total) > 0.01
  AND (o.gross_amount <= 0 OR l.total <= 0
       OR mod(greatest(o.gross_amount, l.total), nullif(least(o.gross_amount, l.total), 0)) <> 0)
 $rows$),
(45, 'lines_without_order', 'warning', '{order_lines}',
 'order lines that do not say of which order',
 'They are in the amount of no order: map order_id to a column that is always filled.',
 $rows$
SELECT coalesce(o.product_id::text, o.amount::text) AS example, o.*
FROM metrics.order_lines AS o
WHERE o.order_id IS NULL
 $rows$),
(50, 'orders_of_unknown_customers', 'warning', '{orders,customers}',
 'orders with a customer_id that is not among the customers',
 'Customers were deleted, or customer_id is mapped to something else in one of the two sources. Each such id counts as a customer.',
 $rows$
SELECT o.order_id::text AS example, o.*
FROM metrics.orders AS o
WHERE o.customer_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM metrics.customers AS c WHERE c.customer_id = o.customer_id)
 $rows$),
(60, 'guest_account', 'warning', '{orders}',
 'orders of a customer who is rather the till or the account for all guests: more than 50 orders, more than 1 % of all identified orders, and at least 5 times those of the next customer; up to three such accounts, then 5 times those of the one after them',
 'Attach orders again with NULL for this customer, as in columns {"customer_id": "nullif(customer_id, 1)"}: then these orders count as those of guests.',
 $rows$
SELECT o.customer_id::text AS example, o.*
FROM metrics.orders AS o
WHERE o.customer_id IN (
    WITH customer AS (
        SELECT customer_id, count(*) AS orders FROM metrics.orders WHERE customer_id IS NOT NULL GROUP BY customer_id),
    busiest AS (
        SELECT *, row_number() OVER w AS place, lead(orders) OVER w AS next_orders
        FROM (SELECT * FROM customer ORDER BY orders DESC, customer_id LIMIT 4) AS c
        WINDOW w AS (ORDER BY orders DESC, customer_id))
    SELECT customer_id
    FROM busiest
    WHERE place <= (SELECT max(place) FROM busiest
                    WHERE place <= 3 AND orders > 50 AND orders * 100 > (SELECT sum(orders) FROM customer)
                      AND orders >= 5 * next_orders))
 $rows$),
(70, 'negative_amounts', 'error', '{orders}',
 'orders with an amount below 0, before refunds',
 'These are returns or corrections booked as orders: leave them out by filter, and attach them as refunds.',
 $rows$
SELECT o.order_id::text AS example, o.* FROM metrics.orders AS o WHERE o.gross_amount < 0 AND o.gross_amount > '-Infinity'::numeric
 $rows$),
(80, 'zero_amounts', 'note', '{orders}',
 'orders with an amount of 0, before refunds',
 'Samples, exchanges and orders paid by voucher count as orders and lower the average: leave them out by filter if you do not want that.',
 $rows$
SELECT o.order_id::text AS example, o.* FROM metrics.orders AS o WHERE o.gross_amount = 0
 $rows$),
(90, 'missing_amounts', 'warning', '{orders}',
 'orders without an amount',
 'They count as orders of their customers, but not in the average. Leave out drafts by filter, or map a column that is always filled.',
 $rows$
SELECT o.order_id::text AS example, o.* FROM metrics.orders AS o WHERE o.gross_amount IS NULL
 $rows$),
(100, 'infinite_amounts', 'error', '{orders}',
 'orders with an amount that is NaN or infinite',
 'Metrics over such amounts are errors; the changes shown here leave them out. Correct them, or leave them out by filter.',
 $rows$
SELECT o.order_id::text AS example, o.* FROM metrics.orders AS o
WHERE o.gross_amount IN ('NaN'::numeric, 'Infinity'::numeric, '-Infinity'::numeric)
 $rows$),
(110, 'other_currencies', 'note', '{orders}',
 'orders in another currency than most',
 'Money is never summed across currencies: read the row of each. The change of the average order value is for :currency.',
 $rows$
SELECT o.order_id::text AS example, o.*
FROM metrics.orders AS o
WHERE o.currency <> (SELECT currency FROM metrics.orders WHERE currency IS NOT NULL
                     GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1)
 $rows$),
(120, 'missing_currencies', 'warning', '{orders}',
 'orders without a currency, where others have one',
 'They make a currency of their own. Map an expression that fills the gap, as in columns {"currency": "coalesce(currency, ''EUR'')"}. The change of the average order value is for :currency.',
 $rows$
SELECT o.order_id::text AS example, o.*
FROM metrics.orders AS o
WHERE o.currency IS NULL AND EXISTS (SELECT FROM metrics.orders WHERE currency IS NOT NULL)
 $rows$),
(130, 'future_orders', 'warning', '{orders}',
 'orders of a time that is still to come',
 'A time without zone was read in the wrong one, or dates of delivery are mapped as ordered_at; pre-orders should have the time at which they were placed. One order far in the future makes orders_daily fill every day up to it.',
 $rows$
SELECT o.order_id::text AS example, o.* FROM metrics.orders AS o WHERE o.ordered_at > now() AND o.ordered_at < 'infinity'
 $rows$),
(135, 'infinite_order_times', 'error', '{orders}',
 'orders at -infinity or infinity',
 'The view kpi fails on such times, and customer_summary leaves such orders out. Map the time at which the order was placed, or leave them out by filter, as in isfinite(ordered_at).',
 $rows$
SELECT o.order_id::text AS example, o.* FROM metrics.orders AS o WHERE o.ordered_at IN ('infinity', '-infinity')
 $rows$),
(137, 'orders_without_time', 'warning', '{orders}',
 'orders without a time',
 'They are of no day and no period, and left out of every view that is of one, as kpi is; the changes shown here are over all orders. Map a column that is always filled, as in columns {"ordered_at": "coalesce(paid_at, created_at)"}, or leave out drafts by filter.',
 $rows$
SELECT o.order_id::text AS example, o.* FROM metrics.orders AS o WHERE o.ordered_at IS NULL
 $rows$),
(160, 'running_month', 'note', '{orders}',
 'orders of the month that is not over yet',
 'Do not compare this month with whole ones: is_over in the views tells them apart.',
 $rows$
SELECT o.order_id::text AS example, o.*
FROM metrics.orders AS o
WHERE o.ordered_on >= date_trunc('month', (:as_of + 1)::timestamp)::date AND o.ordered_on <= :as_of + 1
 $rows$),

(200, 'doubled_refunds', 'warning', '{refunds,orders}',
 'refunds that are there before: the same order, time and amount',
 'A join in the attached relation multiplies its rows, or they were loaded twice.',
 $rows$
SELECT (d.r).order_id::text AS example, (d.r).*
FROM (SELECT r, row_number() OVER (PARTITION BY r.order_id, r) AS copy FROM metrics.refunds AS r) AS d
WHERE d.copy > 1
 $rows$),
(210, 'negative_refunds', 'error', '{refunds,orders}',
 'refunds below 0: they raise revenue',
 'Map the amount with its sign turned, as in columns {"amount": "-amount"}.',
 $rows$
SELECT r.order_id::text AS example, r.* FROM metrics.refunds AS r WHERE r.amount < 0
 $rows$),
(220, 'refunds_above_order', 'error', '{refunds,orders}',
 'refunds with which more is given back than the order was worth',
 'See that amounts of orders and refunds are in the same currency, both with or both without taxes and shipping, and that no refund is there twice.',
 $rows$
SELECT (d.r).order_id::text AS example, (d.r).*
FROM (SELECT r, sum(r.amount) OVER (PARTITION BY r.order_id ORDER BY r.refunded_at, r.amount ROWS UNBOUNDED PRECEDING) AS given_back
      FROM metrics.refunds AS r) AS d
JOIN (SELECT order_id, max(gross_amount) AS worth FROM metrics.orders GROUP BY order_id) AS o ON o.order_id = (d.r).order_id
WHERE d.given_back > o.worth AND (d.r).amount > 0
 $rows$),
(230, 'refunds_before_order', 'error', '{refunds,orders}',
 'refunds on a day before the order',
 'One of the two times is mapped to a wrong column or read in a wrong zone.',
 $rows$
SELECT r.order_id::text AS example, r.*
FROM metrics.refunds AS r
JOIN (SELECT order_id, min(ordered_on) AS ordered_on FROM metrics.orders GROUP BY order_id) AS o USING (order_id)
WHERE r.refunded_on < o.ordered_on
 $rows$),
(235, 'refunds_without_time', 'warning', '{refunds,orders}',
 'refunds without a time',
 'They are of no day: with policy refunds = net_on_refund_date they lessen the revenue of no period, otherwise they count as the others do. Map a column that is always filled, or leave out by filter what was not paid yet.',
 $rows$
SELECT r.order_id::text AS example, r.* FROM metrics.refunds AS r WHERE r.refunded_at IS NULL
 $rows$),
(240, 'refunds_of_unknown_orders', 'warning', '{refunds,orders}',
 'refunds of orders that are not among those that count',
 'They lessen no revenue. If their orders should count, add their statuses to policy statuses; otherwise order_id is mapped to something else in one of the two sources.',
 $rows$
SELECT r.order_id::text AS example, r.*
FROM metrics.refunds AS r
WHERE NOT EXISTS (SELECT FROM metrics.orders AS o WHERE o.order_id = r.order_id)
 $rows$),

(300, 'scores_out_of_range', 'error', '{surveys}',
 'answers outside their scale: 0 to 10 for nps, 1 to 5 for csat, 1 to 7 for ces',
 'Metrics over such answers are errors; the change shown here is that of a score above 10 as a promoter, below 0 as a detractor. Map an expression that brings the score to the scale.',
 $rows$
SELECT coalesce(s.survey_id::text, s.score::text) AS example, s.*
FROM metrics.surveys AS s
WHERE s.score < CASE lower(s.kind) WHEN 'nps' THEN 0 WHEN 'csat' THEN 1 WHEN 'ces' THEN 1 END
   OR s.score > CASE lower(s.kind) WHEN 'nps' THEN 10 WHEN 'csat' THEN 5 WHEN 'ces' THEN 7 END
 $rows$),
(310, 'unknown_survey_kinds', 'warning', '{surveys}',
 'answers to a question of another kind than nps, csat and ces, in letters of either case',
 'They go into no metric. Map an expression that gives one of the three, as in columns {"kind": "CASE question WHEN ''recommend'' THEN ''nps'' END"}, or leave them out by filter.',
 $rows$
SELECT coalesce(s.kind, s.survey_id::text) AS example, s.*
FROM metrics.surveys AS s
WHERE s.kind IS NULL OR lower(s.kind) NOT IN ('nps', 'csat', 'ces')
 $rows$),
(330, 'ratings_out_of_range', 'error', '{reviews}',
 'reviews outside the scale of 1 to 5 stars',
 'Map an expression that brings the rating to the scale, as in columns {"rating": "rating / 2"}.',
 $rows$
SELECT coalesce(r.review_id::text, r.rating::text) AS example, r.*
FROM metrics.reviews AS r
WHERE r.rating NOT BETWEEN 1 AND 5
 $rows$),

(400, 'replies_before_tickets', 'error', '{tickets}',
 'requests answered before they came in',
 'The first response time of these is an error. One of the two times is mapped to a wrong column or read in a wrong zone.',
 $rows$
SELECT coalesce(t.ticket_id::text, t.created_at::text) AS example, t.*
FROM metrics.tickets AS t
WHERE t.responded_at < t.created_at
 $rows$),
(410, 'sessions_ending_before_start', 'error', '{sessions}',
 'visits that end before they begin',
 'One of the two times is mapped to a wrong column or read in a wrong zone.',
 $rows$
SELECT coalesce(s.session_id::text, s.started_at::text) AS example, s.*
FROM metrics.sessions AS s
WHERE s.ended_at < s.started_at
 $rows$),
(420, 'opened_but_not_delivered', 'error', '{messages}',
 'messages that were opened, but not delivered',
 'They would bring the open rate above what is possible. See what delivered and opened are mapped to; bounces can come late.',
 $rows$
SELECT coalesce(m.message_id::text, m.customer_id::text, m.sent_at::text) AS example, m.*
FROM metrics.messages AS m
WHERE m.opened AND NOT m.delivered
 $rows$),
(430, 'subjects_in_two_variants', 'error', '{experiments}',
 'subjects that are in more than one variant of an experiment',
 'Leave such subjects out altogether: nobody knows which variant made them act. Many of them mean that the assignment does not hold.',
 $rows$
SELECT e.subject_id::text AS example, e.*
FROM metrics.experiments AS e
WHERE (e.experiment, e.subject_id) IN (
    SELECT experiment, subject_id FROM metrics.experiments
    GROUP BY experiment, subject_id HAVING count(DISTINCT variant) > 1)
 $rows$),
(440, 'impossible_values', 'error', '{experiments}',
 'subjects with a value that is NaN, infinite, or 1e20 and beyond',
 'Metrics over such values are errors, or as good as. Correct them, or leave them out by filter.',
 $rows$
SELECT e.subject_id::text AS example, e.*
FROM metrics.experiments AS e
WHERE e.value >= 1e20 OR e.value <= -1e20
 $rows$),
(450, 'impossible_figures', 'error', '{posts}',
 'posts with a figure below 0, NaN, infinite, or 1e20 and beyond',
 'Metrics over such figures are errors, or wrong. Correct them, or leave them out by filter.',
 $rows$
SELECT coalesce(p.post_id::text, p.posted_at::text) AS example, p.*
FROM metrics.posts AS p
WHERE least(p.reach, p.impressions, p.reactions, p.likes, p.comments, p.shares, p.clicks, p.video_seconds, p.video_views, p.watched_seconds) < 0
   OR greatest(p.reach, p.impressions, p.reactions, p.likes, p.comments, p.shares, p.clicks, p.video_seconds, p.video_views, p.watched_seconds) >= 1e20
 $rows$);

-- What somebody left who tried the shop out.  Whole shops are made of example.com, and .qa
-- is Qatar: so it is test, testing, qa or dummy as a word before the @ or in the name, and
-- test or testing as a part of the domain.  Few addresses have any of these letters at all.
INSERT INTO engagement_check (position, check_name, severity, sources, meaning, advice, rows_query)
SELECT c.position, c.check_name, 'warning', c.sources,
       c.meaning || ' (test1@, ann+test@, qa@, @test.com, @shop.test, Test User)',
       'Look at them, and leave out by filter those that nobody meant.',
       pg_catalog.format(c.rows_query,
              $$lower(email COLLATE "C") LIKE ANY ('{%test%,%qa%,%dummy%}') AND (split_part(email, '@', 1) ~* '(^|[^[:alpha:]])(test|testing|qa|dummy)([^[:alpha:]]|$)'
               OR split_part(email, '@', 2) ~* '(^|\.)(test|testing)(\.|$)')$$,
              $$lower(name COLLATE "C") LIKE ANY ('{%test%,%qa%,%dummy%}') AND name ~* '(^|[^[:alpha:]])(test|testing|qa|dummy)([^[:alpha:]]|$)'$$)
FROM (VALUES
    (140, 'test_orders', '{orders}'::text[],
     'orders with an e-mail address that looks like one for trying things out',
     $rows$
SELECT o.order_id::text AS example, o.*
FROM metrics.orders AS o
WHERE %1$s
     $rows$),
    (150, 'orders_of_test_customers', '{orders,customers}',
     'orders of customers whose name or e-mail address looks like one for trying things out',
     $rows$
SELECT o.order_id::text AS example, o.*
FROM metrics.orders AS o
WHERE o.customer_id IN (SELECT customer_id FROM metrics.customers WHERE %1$s OR %2$s)
     $rows$),
    (320, 'answers_of_test_customers', '{surveys,customers}',
     'answers of customers whose name or e-mail address looks like one for trying things out',
     $rows$
SELECT coalesce(s.survey_id::text, s.customer_id::text) AS example, s.*
FROM metrics.surveys AS s
WHERE s.customer_id IN (SELECT customer_id FROM metrics.customers WHERE %1$s OR %2$s)
     $rows$)) AS c (position, check_name, sources, meaning, rows_query);

-- Rows of the other sources that are there before
INSERT INTO engagement_check (position, check_name, severity, sources, meaning, advice, rows_query)
SELECT 500 + 10 * k.n, 'duplicate_' || k.source, k.severity, ARRAY[k.source],
       pg_catalog.format('rows of %s with the %s of another row', k.source, pg_catalog.replace(k.columns, ', ', ' and the ')),
       'A join in the attached relation multiplies its rows, or they were loaded twice; or the mapped column is not what names a row.',
       pg_catalog.format($rows$
SELECT (d.s).%3$s::text AS example, (d.s).*
FROM (SELECT s, row_number() OVER (PARTITION BY %2$s ORDER BY s) AS copy
      FROM metrics.%1$s AS s
      WHERE (%2$s) IN (SELECT %2$s FROM metrics.%1$s GROUP BY %2$s HAVING count(*) > 1)) AS d
WHERE d.copy > 1
       $rows$, k.source, k.columns, k.example)
FROM (VALUES
    (1, 'error', 'customers', 'customer_id', 'customer_id'),
    (2, 'error', 'surveys', 'survey_id', 'survey_id'),
    (3, 'error', 'reviews', 'review_id', 'review_id'),
    (4, 'error', 'tickets', 'ticket_id', 'ticket_id'),
    (5, 'error', 'sessions', 'session_id', 'session_id'),
    (6, 'error', 'events', 'event_id', 'event_id'),
    (7, 'error', 'messages', 'message_id', 'message_id'),
    (8, 'error', 'posts', 'post_id', 'post_id'),
    (9, 'warning', 'memberships', 'customer_id, joined_at', 'customer_id'),
    (10, 'warning', 'referrals', 'referred_id', 'referred_id'),
    (11, 'warning', 'experiments', 'experiment, subject_id, variant', 'subject_id')
) AS k (n, severity, source, columns, example);

-- Times without zone, source by source.  The types are those written down: expressions are
-- of whoever attached, and not to be read with the rights of whoever asks.
INSERT INTO engagement_check (position, check_name, severity, sources, meaning, advice, rows_query)
SELECT 700 + 10 * s.position, s.source || '_without_zone', 'warning', ARRAY[s.source],
       pg_catalog.format('rows of %s with times that know no zone', s.source),
       'Such times are taken as those of the shop''s own clock, a date as midnight. If they are in UTC, days and months are cut at the wrong hour: map the moment, as in created_at AT TIME ZONE ''UTC''.',
       pg_catalog.format($rows$
SELECT z.columns AS example, s.*
FROM (SELECT string_agg(a.columns ->> c.column_name, ', ' ORDER BY c.position) AS columns
      FROM metrics.attached_source AS a
      JOIN engagement.engagement_source_column AS c ON c.source = a.source AND c.type = 'timestamptz'
      WHERE a.source = %1$L
        AND EXISTS (SELECT FROM pg_type
                    WHERE format_type(oid, NULL) = a.types ->> c.column_name
                      AND engagement.engagement_base_type(oid) IN ('timestamp', 'date'))) AS z
CROSS JOIN metrics.%1$s AS s
WHERE z.columns IS NOT NULL
       $rows$, s.source)
FROM engagement_source AS s
WHERE s.source IN (SELECT c.source FROM engagement_source_column AS c WHERE c.type = 'timestamptz');

-- What can be seen row by row is counted in one scan for all such checks.
UPDATE engagement_check
SET quick = pg_catalog.format('count(*) FILTER (WHERE %s)', pg_catalog.substring(rows_query, 'AS \w\s+WHERE (.*)$'))
WHERE rows_query ~ '^\s*SELECT [^\n]* AS example, (\w)\.\*\s+FROM metrics\.\w+ AS \1\s+WHERE ' AND rows_query !~ 'SELECT.*SELECT'
  AND rows_query ~ pg_catalog.format('FROM metrics\.%s AS %s\s', sources[1], pg_catalog.left(sources[1], 1));

-- Others say in it whether there may be any.
UPDATE engagement_check AS c
SET quick = q.quick
FROM (VALUES
    ('doubled_orders', 'count(o.order_id) - count(DISTINCT o.order_id)'),
    ('reused_order_ids', 'count(o.order_id) - count(DISTINCT o.order_id)'),
    ('negative_amounts', 'coalesce((min(o.gross_amount) < 0)::integer, 0)'),
    ('zero_amounts', 'coalesce((min(o.gross_amount) <= 0)::integer, 0)'),
    ('infinite_amounts', $$coalesce((min(o.gross_amount) = '-Infinity'::numeric OR max(o.gross_amount) >= 'Infinity'::numeric)::integer, 0)$$),
    ('missing_amounts', 'count(*) - count(o.gross_amount)'),
    ('future_orders', 'coalesce((max(o.ordered_at) > now())::integer, 0)'),
    ('infinite_order_times', $$coalesce((min(o.ordered_at) = '-infinity' OR max(o.ordered_at) = 'infinity')::integer, 0)$$),
    ('orders_without_time', 'count(*) - count(o.ordered_at)'),
    ('other_currencies', 'coalesce((min(o.currency::text COLLATE "C") <> max(o.currency::text COLLATE "C"))::integer, 0)'),
    ('missing_currencies', 'count(*) - count(o.currency)'),
    ('orders_of_unknown_customers', 'coalesce(engagement.customers(engagement.ledger_agg(o.customer_id)) - engagement.customers(engagement.ledger_intersect(engagement.ledger_agg(o.customer_id), (SELECT engagement.ledger_agg(c.customer_id) FROM metrics.customers AS c))), count(o.customer_id))'),
    ('guest_account', 'coalesce((engagement.repeat_rate(engagement.ledger_agg(o.customer_id), greatest(count(o.customer_id) / 100, 50)::integer + 1) > 0)::integer, 0)')
    ) AS q (check_name, quick)
WHERE c.check_name = q.check_name;

UPDATE engagement_check
SET quick = pg_catalog.format('count(%1$s) - count(DISTINCT %1$s)', pg_catalog.left(sources[1], 1) || '.' || pg_catalog.substring(rows_query, 'GROUP BY (\w+) HAVING'))
WHERE check_name ~ '^duplicate_' AND rows_query ~ 'GROUP BY \w+ HAVING';

GRANT SELECT ON engagement_check TO PUBLIC;

/*
 * What findings are weighed by.  EXCEPT ALL takes each row away as often as the query
 * has it: a source needs no key, and of a doubled row one stays.  A refund that is taken
 * away goes back to its order: to the amount, or to what counts on the day of the refund.
 * Without a query nothing is taken away.  Amounts that cannot be summed exactly are left
 * out, and round() keeps digits within what can, as in trailing_year.
 */
CREATE FUNCTION engagement_metrics_without(schema name, as_of text, currency text, source text, rows_query text,
                                           OUT aov numeric, OUT repeat_rate numeric, OUT nps numeric)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    over_orders CONSTANT text := $query$
        SELECT engagement.aov(CASE WHEN scale(paid) <= 8 THEN paid ELSE round(paid, 8) END) FILTER (
                   WHERE currency IS NOT DISTINCT FROM $1 AND paid > -1e20 AND paid < 1e20),
               engagement.repeat_rate(customer_id)
        FROM (SELECT o.customer_id, o.currency, o.amount + coalesce(r.amount, 0) AS paid
              FROM (SELECT order_id, customer_id, currency, amount FROM metrics.orders %s) AS o
              LEFT JOIN (SELECT order_id, sum(amount) AS amount
                         FROM (SELECT order_id, -counted_amount FROM metrics.refunds WHERE counted_amount <> 0 %s) AS f (order_id, amount)
                         GROUP BY order_id) AS r ON r.order_id = o.order_id OFFSET '0') AS o$query$;
    -- by the bins alone, because nps(score) takes no score outside the scale
    over_surveys CONSTANT text := $query$
        SELECT engagement.nps(count(*) FILTER (WHERE score >= 9), count(*) FILTER (WHERE score >= 7 AND score < 9), count(*) FILTER (WHERE score < 7))
        FROM (SELECT kind, score FROM metrics.surveys %s) AS s
        WHERE lower(kind) = 'nps'$query$;
    lessened text;
BEGIN
    CASE source
        WHEN 'orders' THEN
            EXECUTE @extschema@.engagement_fill(
                format(over_orders, 'EXCEPT ALL SELECT order_id, customer_id, currency, amount FROM (' || rows_query || ') AS x', ''),
                schema, as_of, '365')
            INTO aov, repeat_rate USING currency;
        WHEN 'refunds' THEN
            lessened := CASE WHEN EXISTS (SELECT FROM @extschema@.engagement_attached(schema) AS a
                                          WHERE a.source = 'orders' AND a.policy ->> 'refunds' = 'net_on_order_date')
                             THEN 'amount' ELSE 'counted_amount' END;
            EXECUTE @extschema@.engagement_fill(
                format(over_orders, '', 'UNION ALL SELECT order_id, ' || lessened || ' FROM (' || rows_query || ') AS x'),
                schema, as_of, '365')
            INTO aov USING currency;
        WHEN 'surveys' THEN
            EXECUTE @extschema@.engagement_fill(
                format(over_surveys, 'EXCEPT ALL SELECT kind, score FROM (' || rows_query || ') AS x'),
                schema, as_of, '365')
            INTO nps;
        ELSE
            NULL;  -- the other sources have no part in these metrics
    END CASE;
END $$;

COMMENT ON FUNCTION engagement_metrics_without(name, text, text, text, text) IS
'average order value in one currency, repeat rate and NPS, over all that is attached but the rows that a query finds in a source; NULL for those in which the source has no part';

/*
 * Most checks find nothing in most shops: one scan of each source says which are worth a
 * query of their own, and how many rows there are.
 */
CREATE FUNCTION engagement_checks_to_run(schema name, as_of text, sources text[], OUT check_name text, OUT total bigint)
RETURNS SETOF record
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    scan record;
    suspects bigint[];
BEGIN
    FOR scan IN
        SELECT c.sources[1] AS source, array_agg(c.check_name ORDER BY c.position) AS checks,
               string_agg(coalesce(c.quick, '1'), ', ' ORDER BY c.position) AS quick
        FROM @extschema@.engagement_check AS c
        WHERE c.sources <@ engagement_checks_to_run.sources
        GROUP BY c.sources[1]
    LOOP
        EXECUTE @extschema@.engagement_fill(format('SELECT count(*), ARRAY[%s]::bigint[] FROM metrics.%I AS %I', scan.quick, scan.source, left(scan.source, 1)),
                                            schema, as_of, '365')
        INTO total, suspects;
        RETURN QUERY
            SELECT scan.checks[i], total FROM generate_subscripts(scan.checks, 1) AS i WHERE suspects[i] IS DISTINCT FROM 0;
    END LOOP;
END $$;

COMMENT ON FUNCTION engagement_checks_to_run(name, text, text[]) IS
'checks of sources that may find something, and how many rows the source has';

CREATE FUNCTION engagement_main_currency(schema name)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    main text;
BEGIN
    EXECUTE format('SELECT currency FROM %I.orders GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1', schema) INTO main;
    RETURN main;
END $$;

COMMENT ON FUNCTION engagement_main_currency(name) IS
'currency of most orders of a schema; NULL where that is none';

CREATE FUNCTION engagement_doctor(schema name DEFAULT 'metrics', weigh boolean DEFAULT true)
RETURNS TABLE (finding text, severity text, source text, count bigint, share numeric, examples text[],
               aov_change numeric, repeat_rate_change numeric, nps_change numeric, advice text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    -- The first hundred mostly have five that differ; to sort out all of many takes longer.
    summary CONSTANT text := $query$
        WITH found AS MATERIALIZED (SELECT example FROM (%s) AS x),
        shortest AS MATERIALIZED (
            SELECT example FROM found WHERE example IS NOT NULL ORDER BY length(example), example COLLATE "C" LIMIT 100)
        SELECT count(*), count(*)::numeric / nullif($1, 0),
               CASE WHEN (SELECT count(*) < 100 OR count(DISTINCT example) >= 5 FROM shortest)
                    THEN ARRAY(SELECT example FROM shortest
                               GROUP BY example ORDER BY length(example), example COLLATE "C" LIMIT 5)
                    ELSE ARRAY(SELECT example FROM found WHERE example IS NOT NULL
                               GROUP BY example ORDER BY length(example), example COLLATE "C" LIMIT 5) END
        FROM found$query$;
    present text[] := @extschema@.engagement_sources_to_read(schema);
    as_of text;
    currency text;
    check_row record;
    aov_now numeric;
    repeat_rate_now numeric;
    nps_now numeric;
    rest record;
BEGIN
    as_of := format('%L::date', @extschema@.engagement_last_day(schema, NULL));
    IF 'orders' = ANY (present) THEN
        present := present || '{refunds}';  -- empty where the shop has none
        IF weigh THEN
            currency := @extschema@.engagement_main_currency(schema);
            SELECT m.aov, m.repeat_rate INTO aov_now, repeat_rate_now
            FROM @extschema@.engagement_metrics_without(schema, as_of, currency, 'orders', NULL) AS m;
        END IF;
    END IF;
    IF weigh AND 'surveys' = ANY (present) THEN
        nps_now := (SELECT m.nps FROM @extschema@.engagement_metrics_without(schema, as_of, NULL, 'surveys', NULL) AS m);
    END IF;

    FOR check_row IN
        SELECT c.*, r.total
        FROM @extschema@.engagement_checks_to_run(schema, as_of, present) AS r
        JOIN @extschema@.engagement_check AS c USING (check_name)
        ORDER BY c.position
    LOOP
        source := check_row.sources[1];
        EXECUTE @extschema@.engagement_fill(format(summary, check_row.rows_query), schema, as_of, '365')
        INTO count, share, examples
        USING check_row.total;
        CONTINUE WHEN count = 0;
        finding := check_row.check_name;
        severity := check_row.severity;
        advice := check_row.advice;
        IF weigh THEN
            advice := replace(advice, ':currency', coalesce(currency, 'orders without a currency'));
            rest := @extschema@.engagement_metrics_without(schema, as_of, currency, source, check_row.rows_query);
            aov_change := rest.aov - aov_now;
            repeat_rate_change := rest.repeat_rate - repeat_rate_now;
            nps_change := rest.nps - nps_now;
        ELSE
            advice := regexp_replace(advice, ' [^.]*:currency[^.]*\.', '');
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;

COMMENT ON FUNCTION engagement_doctor(name, boolean) IS
'what in the attached data would bend the numbers, one row a finding: how many rows of the source, what share of it, up to five of them by their keys, and by how much average order value (ORD-1, in the currency with most orders), repeat rate (LOY-2) and NPS (SUR-1) over all times would change without these rows; NULL where the source has no part in the metric, or nothing would be left, or weigh is false, which takes less time by far. What is looked for is in engagement_check';
