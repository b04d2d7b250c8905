-- +goose NO TRANSACTION
-- +goose Up
-- A customer's timeline reads its tasks by when they were made and done.
ALTER TABLE tasks
    ADD KEY tasks_customer_created (customer_id, created_at),
    ADD KEY tasks_customer_completed (customer_id, completed_at);
