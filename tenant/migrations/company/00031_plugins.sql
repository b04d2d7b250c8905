-- +goose NO TRANSACTION
-- +goose Up
-- Chat bots that a company has connected. The settings hold the vendor's tokens and are encrypted whole.
CREATE TABLE plugins (
    id              BINARY(16)   NOT NULL PRIMARY KEY,
    vendor          VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    name            VARCHAR(100) NOT NULL,
    settings        BLOB         NOT NULL,
    locale          VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    event_types     JSON         NOT NULL,
    enabled         TINYINT      NOT NULL,
    disabled_reason VARCHAR(500) NOT NULL,
    failing_since   DATETIME(6)  NULL,
    paused_until    DATETIME(6)  NULL,
    version         BIGINT       NOT NULL,
    created_by      BINARY(16)   NULL,
    created_at      DATETIME(6)  NOT NULL,
    updated_at      DATETIME(6)  NOT NULL
);
