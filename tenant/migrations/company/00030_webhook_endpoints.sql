-- +goose NO TRANSACTION
-- +goose Up
-- Where a company's programs take its events. An empty list of event types means all of them.
CREATE TABLE webhook_endpoints (
    id              BINARY(16)    NOT NULL PRIMARY KEY,
    url             VARCHAR(2048) NOT NULL,
    description     VARCHAR(500)  NOT NULL,
    event_types     JSON          NOT NULL,
    enabled         TINYINT       NOT NULL,
    -- The signing secret and those that a rotation has retired, encrypted.
    secrets         BLOB          NOT NULL,
    disabled_reason VARCHAR(500)  NOT NULL,
    -- Since when no delivery has arrived; NULL while all is well.
    failing_since   DATETIME(6)   NULL,
    -- The receiver asked to be left alone until then.
    paused_until    DATETIME(6)   NULL,
    version         BIGINT        NOT NULL,
    created_by      BINARY(16)    NULL,
    created_at      DATETIME(6)   NOT NULL,
    updated_at      DATETIME(6)   NOT NULL
);
