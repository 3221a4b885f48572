\set n :n + 1
\set buyer random(0, :customers * 115 / 100)
\set second random(0, 94607999)
\set cents random(100, 50000)
\set score random(0, 10)
\set coin random(0, 4)
BEGIN;
INSERT INTO shop.orders (order_id, customer_id, email, is_guest, ordered_at, status, currency, total, channel, device)
SELECT nextval('load.order_id'), c.customer_id, coalesce(c.email, 'guest@example.org'), c.customer_id IS NULL,
       timestamptz '2022-01-01 00:00+01' + :second * interval '1 second', CASE WHEN :coin = 0 THEN 'pending' ELSE 'paid' END,
       CASE WHEN :coin = 1 THEN 'USD' ELSE 'EUR' END, :cents / 100.0, 'direct', 'mobile'
FROM (SELECT 1) AS one LEFT JOIN shop.customers AS c ON c.customer_id = :buyer::bigint
RETURNING order_id \gset
INSERT INTO shop.surveys (survey_id, customer_id, order_id, kind, score, asked_at, answered_at)
SELECT nextval('load.survey_id'), customer_id, order_id, 'nps', :score, ordered_at, ordered_at + interval '1 hour'
FROM shop.orders WHERE order_id = :order_id AND customer_id IS NOT NULL;
INSERT INTO load.written (round, client, n, kind, id) VALUES (:round, :client_id, :n, 'order', :order_id);
END;
