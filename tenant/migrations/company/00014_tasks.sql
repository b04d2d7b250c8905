-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE tasks (
    id             BINARY(16)   NOT NULL PRIMARY KEY,
    title          VARCHAR(300) NOT NULL,
    -- What a search looks at; see crm/search.
    search_text    TEXT         COLLATE utf8mb4_bin NOT NULL,
    note           TEXT         NOT NULL,
    kind           VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    priority       VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    status         VARCHAR(12)  CHARACTER SET ascii NOT NULL,
    customer_id    BINARY(16)   NULL,
    deal_id        BINARY(16)   NULL,
    assignee_id    BINARY(16)   NOT NULL,
    -- By when; for a task that is due on a day and at no time of it, the last second of that day in its zone.
    due_at         DATETIME(6)  NULL,
    due_on         DATE         NULL,
    time_zone      VARCHAR(64)  CHARACTER SET ascii NOT NULL,
    checklist      JSON         NOT NULL,
    -- The rule of a task that comes again, the clock time from which it is reckoned and the one of this occurrence.
    -- Only the latest occurrence holds the rule.
    rrule          VARCHAR(500) CHARACTER SET ascii NULL,
    series_id      BINARY(16)   NULL,
    series_start   DATETIME     NULL,
    occurrence     DATETIME     NULL,
    -- What the following occurrences have instead, where this one alone was changed.
    usual          JSON         NOT NULL,
    custom         JSON         NOT NULL,
    -- What made the task, so that a repeated event makes it once (a win's survey).
    origin         VARCHAR(96)  CHARACTER SET ascii NULL,
    completed_at   DATETIME(6)  NULL,
    version        BIGINT       NOT NULL,
    created_by     BINARY(16)   NULL,
    created_at     DATETIME(6)  NOT NULL,
    updated_at     DATETIME(6)  NOT NULL,
    deleted_at     DATETIME(6)  NULL,
    -- A task without a due time sorts after all others.
    due_sort       DATETIME(6)  AS (COALESCE(due_at, '9999-12-31 00:00:00')) STORED,
    -- What was done last is asked for in this order; an open task sorts before all others.
    completed_sort DATETIME(6)  AS (COALESCE(completed_at, '1000-01-01 00:00:00')) STORED,
    UNIQUE KEY tasks_origin (origin),
    KEY tasks_due (due_sort),
    KEY tasks_assignee_due (assignee_id, due_sort),
    KEY tasks_open (status, due_sort),
    KEY tasks_assignee_open (assignee_id, status, due_sort),
    KEY tasks_created (created_at),
    KEY tasks_assignee_created (assignee_id, created_at),
    KEY tasks_completed (completed_sort),
    KEY tasks_assignee_completed (assignee_id, completed_sort),
    KEY tasks_customer (customer_id, status, due_sort),
    KEY tasks_deal (deal_id, status, due_sort),
    KEY tasks_series (series_id, due_sort),
    KEY tasks_deleted (deleted_at)
);
