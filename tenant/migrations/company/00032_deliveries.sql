-- +goose NO TRANSACTION
-- +goose Up
-- One event on its way to one target, a webhook endpoint or a bot. seq is the event's place in the company's
-- history, 0 for a test. Ids are ordered by time, so newest first needs no other column.
CREATE TABLE deliveries (
    id              BINARY(16)   NOT NULL PRIMARY KEY,
    target_kind     VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    target_id       BINARY(16)   NOT NULL,
    event_id        BINARY(16)   NOT NULL,
    event_type      VARCHAR(64)  CHARACTER SET ascii NOT NULL,
    seq             BIGINT       NOT NULL,
    status          VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    -- attempts counts all of them, failures those that use up the schedule: being put off does not.
    attempts        INT          NOT NULL,
    failures        INT          NOT NULL,
    next_attempt_at DATETIME(6)  NULL,
    -- Until when a receiver may put it off.
    expires_at      DATETIME(6)  NOT NULL,
    last_status     INT          NOT NULL,
    last_error      VARCHAR(500) NOT NULL,
    created_at      DATETIME(6)  NOT NULL,
    updated_at      DATETIME(6)  NOT NULL,
    KEY deliveries_target (target_id, id),
    KEY deliveries_status (status, id),
    KEY deliveries_type (event_type, id),
    KEY deliveries_age (created_at)
);

CREATE TABLE delivery_attempts (
    delivery_id BINARY(16)   NOT NULL,
    number      INT          NOT NULL,
    target_id   BINARY(16)   NOT NULL,
    at          DATETIME(6)  NOT NULL,
    duration_ms INT          NOT NULL,
    status      INT          NOT NULL,
    code        VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    error       VARCHAR(1000) NOT NULL,
    body        TEXT         NOT NULL,
    PRIMARY KEY (delivery_id, number),
    KEY delivery_attempts_pace (target_id, at)
);
