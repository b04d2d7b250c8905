-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE tasks (
    id           BINARY(16)   NOT NULL PRIMARY KEY,
    title        VARCHAR(300) NOT NULL,
    note         TEXT         NOT NULL,
    kind         VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    priority     VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    status       VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    customer_id  BINARY(16)   NULL,
    assignee_id  BINARY(16)   NOT NULL,
    due_at       DATETIME(6)  NULL,
    remind_at    DATETIME(6)  NULL,
    reminded_at  DATETIME(6)  NULL,
    -- What made the task, so that a repeated event makes it once (a win's survey).
    origin       VARCHAR(96)  CHARACTER SET ascii NULL,
    completed_at DATETIME(6)  NULL,
    version      BIGINT       NOT NULL,
    created_by   BINARY(16)   NULL,
    created_at   DATETIME(6)  NOT NULL,
    updated_at   DATETIME(6)  NOT NULL,
    deleted_at   DATETIME(6)  NULL,
    -- A task without a due time sorts after all others.
    due_sort     DATETIME(6)  AS (COALESCE(due_at, '9999-12-31 00:00:00')) STORED,
    UNIQUE KEY tasks_origin (origin),
    KEY tasks_due (due_sort),
    KEY tasks_assignee_due (assignee_id, due_sort),
    KEY tasks_created (created_at),
    KEY tasks_assignee_created (assignee_id, created_at),
    KEY tasks_customer (customer_id, status, due_sort)
);
