-- +goose NO TRANSACTION
-- +goose Up
-- Automatic rules of the lifecycle stages. kind says which rule of the product it is, settings its numbers.
CREATE TABLE rules (
    id         BINARY(16)   NOT NULL PRIMARY KEY,
    kind       VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    stage      VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    enabled    TINYINT      NOT NULL,
    settings   JSON         NOT NULL,
    version    BIGINT       NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    updated_at DATETIME(6)  NOT NULL,
    UNIQUE KEY rules_kind (kind, stage)
);
