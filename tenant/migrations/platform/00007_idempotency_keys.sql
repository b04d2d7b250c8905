-- +goose NO TRANSACTION
-- +goose Up
-- Answers to requests that have no company yet (sign-up). Answers are encrypted.
CREATE TABLE idempotency_keys (
    scope        BINARY(32)  NOT NULL PRIMARY KEY,
    request_hash BINARY(32)  NOT NULL,
    answer       MEDIUMBLOB  NULL,
    created_at   DATETIME(6) NOT NULL,
    KEY idempotency_keys_age (created_at)
);
