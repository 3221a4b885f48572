-- Templates of the metric views

CREATE TABLE engagement_view (
    view        text PRIMARY KEY,
    position    integer NOT NULL UNIQUE,
    sources     text[] NOT NULL,
    meaning     text NOT NULL,
    definition  text NOT NULL
);

COMMENT ON TABLE engagement_view IS
'metric views: engagement_attach() creates those whose sources are present';
COMMENT ON COLUMN engagement_view.view IS
'name of the view';
COMMENT ON COLUMN engagement_view.position IS
'order of creation; a view may read those before it';
COMMENT ON COLUMN engagement_view.sources IS
'sources that must be there';
COMMENT ON COLUMN engagement_view.meaning IS
'what one row is, and what it tells';
COMMENT ON COLUMN engagement_view.definition IS
'its query, for views in a schema called metrics and engagement in one of its name; :as_of is the last day that is over, :days the days looked back';

CREATE TABLE engagement_view_column (
    view        text NOT NULL REFERENCES engagement_view,
    column_name text NOT NULL,
    meaning     text NOT NULL,
    PRIMARY KEY (view, column_name)
);

COMMENT ON TABLE engagement_view_column IS
'columns of the metric views: their comments';
COMMENT ON COLUMN engagement_view_column.view IS
'the view';
COMMENT ON COLUMN engagement_view_column.column_name IS
'the column';
COMMENT ON COLUMN engagement_view_column.meaning IS
'what it holds, with its unit and the number of its definition in METRICS';

GRANT SELECT ON engagement_view, engagement_view_column TO PUBLIC;
