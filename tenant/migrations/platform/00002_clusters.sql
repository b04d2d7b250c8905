-- +goose NO TRANSACTION
-- +goose Up
-- The MySQL servers that hold companies. The cluster "main" shares this server and has no dsn of its own.
CREATE TABLE clusters (
    id         VARCHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    dsn        BLOB        NULL,
    created_at DATETIME(6) NOT NULL
);
