-- +goose NO TRANSACTION
-- +goose Up
-- Answers to POST requests that carried an Idempotency-Key, kept for 24 hours and encrypted.
CREATE TABLE idempotency_keys (
    scope        BINARY(32)  NOT NULL PRIMARY KEY,
    request_hash BINARY(32)  NOT NULL,
    answer       MEDIUMBLOB  NULL,
    created_at   DATETIME(6) NOT NULL,
    KEY idempotency_keys_age (created_at)
);
