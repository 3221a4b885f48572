-- Lifetime models of an attached shop: fitted, stored in its schema, held against what came after

INSERT INTO engagement_table (table_name, position, is_public, is_kept, constraint_text, meaning) VALUES
('lifetime_fit', 40, false, false, 'UNIQUE NULLS NOT DISTINCT (as_of, kind, currency)',
 'models of customer lifetime (LOY-12); written by engagement_fit()');

INSERT INTO engagement_table_column (table_name, position, column_name, definition, meaning) VALUES
('lifetime_fit', 10, 'as_of', 'date NOT NULL', 'last day of the data'),
('lifetime_fit', 20, 'kind', 'text NOT NULL', 'bgnbd or mbgnbd, models of orders, or gamma_gamma, of value'),
('lifetime_fit', 30, 'currency', 'text', 'currency of a model of value; NULL for models of orders, and where the shop has one only'),
('lifetime_fit', 40, 'first_on', 'date NOT NULL', 'first day of the data: that of the first order'),
('lifetime_fit', 50, 'unit', 'interval NOT NULL', 'unit of the times of the model'),
('lifetime_fit', 60, 'customers', 'bigint NOT NULL', 'customers that the model is fitted to'),
('lifetime_fit', 70, 'log_likelihood', 'double precision NOT NULL', 'logarithm of the likelihood of their orders or amounts'),
('lifetime_fit', 80, 'converged', 'boolean NOT NULL', 'whether it is the largest possible'),
('lifetime_fit', 90, 'problem', 'text', 'why it is not; NULL where it is'),
('lifetime_fit', 100, 'is_used', 'boolean NOT NULL', 'whether the views use the model: it converged, and no other model of the same is likelier'),
('lifetime_fit', 110, 'model', '@extschema@.lifetime_model NOT NULL', 'the model, with standard errors: see lifetime_model_parameters()'),
('lifetime_fit', 120, 'fitted_at', 'timestamptz NOT NULL DEFAULT now()', 'when it was fitted');

CREATE FUNCTION engagement_check_unit(unit interval)
RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF (isfinite(unit) AND extract(year FROM unit) = 0 AND extract(month FROM unit) = 0 AND unit > '0') IS NOT TRUE THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('unit of time %s is out of range', coalesce(unit::text, 'NULL')),
            DETAIL = 'It must be a positive time without months, whose length differs.',
            HINT = 'For example 7 days.';
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_unit(interval) IS
'an error for what cannot be a unit of the times of a model';

/*
 * The query of the view customer_history, as of any day.
 */
CREATE FUNCTION engagement_histories(schema name, as_of date)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    present CONSTANT text[] := @extschema@.engagement_sources_to_read(schema);
BEGIN
    IF 'orders' <> ALL (present) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('no orders are attached in schema %I', schema),
            HINT = 'Attach the source orders first.';
    END IF;
    RETURN @extschema@.engagement_fill(@extschema@.engagement_template('customer_history', present), schema,
                                       format('date %L', as_of), '365');
END $$;

COMMENT ON FUNCTION engagement_histories(name, date) IS
'query of the histories of customers up to a day: the view customer_history as of that day';

/*
 * Both models of orders have four parameters: the likelier one says more of the same
 * customers.
 */
CREATE FUNCTION engagement_fitted(schema name, as_of date, unit interval, penalty double precision, with_value boolean)
RETURNS TABLE (kind text, currency text, first_on date, model @extschema@.lifetime_model, is_used boolean)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM @extschema@.engagement_check_unit(unit);
    RETURN QUERY EXECUTE format($query$
        WITH tally AS MATERIALIZED (
            SELECT currency, min(first_on) AS first_on,
                   @extschema@.bgnbd_agg(x, t_x / $1, t / $1) AS histories, @extschema@.gamma_gamma_agg(value_x, mean_value) AS spend
            FROM (%s) AS h
            GROUP BY currency),
        whole AS MATERIALIZED (
            SELECT min(first_on) AS first_on, @extschema@.rollup(histories) AS histories FROM tally),
        fitted (kind, currency, first_on, model) AS MATERIALIZED (
            SELECT 'bgnbd', NULL, first_on, @extschema@.bgnbd_fit(histories, $2) FROM whole
            UNION ALL
            SELECT 'mbgnbd', NULL, first_on, @extschema@.mbgnbd_fit(histories, $2) FROM whole
            UNION ALL
            SELECT 'gamma_gamma', currency, first_on, @extschema@.gamma_gamma_fit(spend) FROM tally WHERE $3)
        SELECT kind, currency, first_on, model,
               @extschema@.converged(model) AND
                   1 = row_number() OVER (PARTITION BY kind = 'gamma_gamma', currency
                                          ORDER BY @extschema@.converged(model) DESC, model::jsonb -> 'log_likelihood' DESC, kind)
        FROM fitted
        WHERE model IS NOT NULL
        $query$, @extschema@.engagement_histories(schema, as_of))
    USING (extract(epoch FROM unit) / 86400)::double precision, penalty, with_value;
END $$;

COMMENT ON FUNCTION engagement_fitted(name, date, interval, double precision, boolean) IS
'models fitted to the orders of a schema up to a day, with or without those of value, and which of them to use; nobody to fit to, no rows (LOY-12)';

CREATE FUNCTION engagement_fit(schema name DEFAULT 'metrics', as_of date DEFAULT NULL, unit interval DEFAULT '7 days',
                               penalty double precision DEFAULT 0)
RETURNS TABLE (kind text, currency text, customers bigint, log_likelihood double precision, converged boolean, problem text,
               is_used boolean)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM @extschema@.engagement_sources_to_read(schema);
    PERFORM @extschema@.engagement_check_owner(schema);
    as_of := @extschema@.engagement_last_day(schema, as_of);
    PERFORM @extschema@.engagement_prepare_tables(schema);
    EXECUTE format('DELETE FROM %I.lifetime_fit WHERE as_of = $1', schema) USING as_of;
    RETURN QUERY EXECUTE format($query$
        INSERT INTO %I.lifetime_fit (as_of, kind, currency, first_on, unit, customers, log_likelihood, converged, problem, is_used, model)
        SELECT $2, kind, currency, first_on, $3, (part ->> 'customers')::bigint, (part ->> 'log_likelihood')::double precision,
               (part ->> 'converged')::boolean, part ->> 'problem', is_used, model
        FROM @extschema@.engagement_fitted($1, $2, $3, $4, true), LATERAL (SELECT model::jsonb AS part OFFSET 0) AS p
        ORDER BY kind, currency
        RETURNING kind, currency, customers, log_likelihood, converged, problem, is_used
        $query$, schema)
    USING schema, as_of, unit, penalty;
    IF NOT FOUND THEN
        RAISE NOTICE '%', format('no customer of schema %I has ordered up to %s: there is nothing to fit', schema, as_of);
    END IF;
END $$;

COMMENT ON FUNCTION engagement_fit(name, date, interval, double precision) IS
'fits the models of customer lifetime to the orders of a schema up to a day, and stores them in its table lifetime_fit, for the views customer_value, churn_risk and value_by_segment. Models of orders are BG/NBD and MBG/NBD, of value Gamma-Gamma, one for each currency. The likelier model of orders is used; one that did not converge is stored, said in a notice, and not used. A fit as of the same day is replaced. as_of NULL means the last day that is over; for penalty see bgnbd_fit() (LOY-12)';

/*
 * What a customer did in between is the difference of two histories, the earlier of which is
 * no larger in x, t_x and T.  They are grouped, not joined, as the views are.  The means of aov()
 * do not depend on the order of the rows.
 */
CREATE FUNCTION engagement_fit_check(schema name, split date, until date DEFAULT NULL, unit interval DEFAULT '7 days',
                                     penalty double precision DEFAULT 0)
RETURNS TABLE (kind text, converged boolean, is_used boolean, repeat_orders text, customers bigint, actual_orders bigint,
               expected_orders double precision, actual_mean numeric, expected_mean double precision, mean_absolute_error double precision)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM @extschema@.engagement_sources_to_read(schema);
    until := @extschema@.engagement_last_day(schema, until);
    IF (split < until AND isfinite(split)) IS NOT TRUE THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('day of the split %s is not before %s', coalesce(split::text, 'NULL'), until),
            HINT = 'Models are fitted to the orders up to the split, and held against those after it.';
    END IF;
    PERFORM @extschema@.engagement_check_unit(unit);
    RETURN QUERY EXECUTE format($query$
        WITH customer AS MATERIALIZED (
            SELECT least(min(x), 7) AS class, min(x) AS x, min(t_x) / $1 AS t_x, min(t) / $1 AS t, max(x) - min(x) AS orders
            FROM (SELECT customer_id, x, t_x, t, true AS is_before FROM (%1$s) AS b
                  UNION ALL
                  SELECT customer_id, x, t_x, t, false FROM (%2$s) AS a) AS h
            GROUP BY customer_id
            HAVING bool_or(is_before)),
        model AS MATERIALIZED (
            SELECT kind, model, @extschema@.converged(model) AS converged, is_used
            FROM @extschema@.engagement_fitted($2, $3, $4, $5, false)),
        scored AS (
            SELECT kind, converged, is_used, class, orders, @extschema@.expected_orders(model, $6 / $1, x, t_x, t) AS expected
            FROM customer CROSS JOIN model)
        SELECT kind, converged, is_used,
               CASE WHEN class IS NULL THEN 'all' WHEN class = 7 THEN '7+' ELSE class::text END,
               count(*), sum(orders)::bigint, @extschema@.aov(expected) * count(*), avg(orders), @extschema@.aov(expected),
               @extschema@.aov(abs(expected - orders))
        FROM scored
        GROUP BY GROUPING SETS ((kind, converged, is_used, class), (kind, converged, is_used))
        ORDER BY is_used DESC, kind, class NULLS LAST
        $query$, @extschema@.engagement_histories(schema, split), @extschema@.engagement_histories(schema, until))
    USING (extract(epoch FROM unit) / 86400)::double precision, schema, split, unit, penalty, (until - split)::double precision;
END $$;

COMMENT ON FUNCTION engagement_fit_check(name, date, date, interval, double precision) IS
'how well models of orders foretell: fitted to the orders up to a day, and held against those from then until another, the last that is over if NULL. A row for each model and number of repeat orders before the split, and one for all: days with an order that came and that were expected, and the mean absolute error per customer. Stores nothing; sources are read with the rights of the caller (LOY-12)';
