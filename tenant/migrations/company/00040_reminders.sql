-- +goose NO TRANSACTION
-- +goose Up
-- When people are reminded of tasks and calendar events. The id is the reference of its due work.
CREATE TABLE reminders (
    id             BINARY(16)  NOT NULL PRIMARY KEY,
    record_id      BINARY(16)  NOT NULL,
    -- How long before it is due or begins; NULL for a reminder at a time of its own.
    minutes_before INT         NULL,
    remind_at      DATETIME(6) NOT NULL,
    fired_at       DATETIME(6) NULL,
    -- Put off by somebody, and no part of what is repeated.
    snoozed        TINYINT     NOT NULL,
    KEY reminders_record (record_id, remind_at)
);
