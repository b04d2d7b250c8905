-- +goose NO TRANSACTION
-- +goose Up
-- What was done last is asked for in this order; an open task sorts before all others.
ALTER TABLE tasks
    ADD COLUMN completed_sort DATETIME(6) AS (COALESCE(completed_at, '1000-01-01 00:00:00')) STORED,
    ADD KEY tasks_completed (completed_sort),
    ADD KEY tasks_assignee_completed (assignee_id, completed_sort);
