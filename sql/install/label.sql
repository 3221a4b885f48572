-- Labels in English, Croatian, Czech, Polish, Serbian and Slovak

INSERT INTO engagement_label (locale, key, text, is_own) VALUES
('en', 'report.title', 'Engagement report', false),
('en', 'section.headline', 'Headline figures', false),
('en', 'section.engagement_types', 'Four types of engagement', false),
('en', 'section.revenue', 'Revenue by month', false),
('en', 'section.aov', 'Average order value by month', false),
('en', 'section.nps', 'Net Promoter Score by month', false),
('en', 'section.cohorts', 'Customers who came back', false),
('en', 'section.retention_curve', 'Retention', false),
('en', 'section.experiments', 'Experiments', false),
('en', 'section.doctor', 'What might bend the numbers', false);

INSERT INTO engagement_label (locale, key, text, is_own)
SELECT 'en', 'metric.' || metric, title, false FROM engagement_metric;
