/*
 * Attaches the demo shop: from its tables to the metric views.
 *
 *   psql -v schema=shop -v views=metrics -f demo/attach.sql
 */
\set ON_ERROR_STOP on
\if :{?schema} \else \set schema shop \endif
\if :{?views} \else \set views metrics \endif

SELECT set_config('search_path', extnamespace::regnamespace::text, false) AS "path"
FROM pg_extension WHERE extname = 'engagement' \gset

-- What the shop's tables are called is enough to find them.
SELECT source, relation, outcome
FROM engagement_setup(:'views', time_zone => 'Europe/Zagreb', relations_schema => :'schema');

-- What an order is, only the shop can say: one that is paid, also if money was given back later.
SELECT engagement_attach('orders', format('%I.orders', :'schema')::regclass, schema => :'views', time_zone => 'Europe/Zagreb',
                         policy => '{"statuses": ["paid", "refunded", "partially_refunded"], "refunds": "net_on_order_date"}');

-- The steps to an order, only the shop knows.
SELECT engagement_funnel('checkout', '{landing,product_view,add_to_cart,checkout,purchase}', '1 day', schema => :'views');
