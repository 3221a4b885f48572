\set n :n + 1
\set order_id random(1, :orders)
BEGIN;
UPDATE shop.orders SET status = 'partially_refunded' WHERE order_id = :order_id AND status = 'paid';
INSERT INTO shop.refunds (refund_id, order_id, refunded_at, amount)
SELECT nextval('load.refund_id'), order_id, ordered_at + interval '3 days', 0.01 + round(total / 50, 2)
FROM shop.orders WHERE order_id = :order_id
RETURNING refund_id \gset
INSERT INTO load.written (round, client, n, kind, id) VALUES (:round, :client_id, :n, 'refund', :refund_id);
END;
