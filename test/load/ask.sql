BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) AS differences FROM load.QUESTION_differences \gset
\if :differences
INSERT INTO load.disagreement (question, difference) SELECT 'QUESTION', difference FROM load.QUESTION_differences;
\endif
END;
