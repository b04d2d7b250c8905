-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE notifications (
    id         BINARY(16)  NOT NULL PRIMARY KEY,
    member_id  BINARY(16)  NOT NULL,
    kind       VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    event_id   BINARY(16)  NOT NULL,
    title      VARCHAR(300) NOT NULL,
    body       TEXT        NOT NULL,
    link       VARCHAR(300) NOT NULL,
    -- Whether it is shown in the product; one that is not waits for its mail alone.
    in_app     TINYINT     NOT NULL DEFAULT 1,
    read_at    DATETIME(6) NULL,
    mailed_at  DATETIME(6) NULL,
    pinged_at  DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    -- One event notifies one member once, however often it is relayed.
    UNIQUE KEY notifications_event (member_id, event_id),
    KEY notifications_member (member_id, created_at),
    KEY notifications_unread (member_id, read_at, created_at),
    KEY notifications_age (created_at)
);
