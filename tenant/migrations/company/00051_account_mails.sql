-- +goose NO TRANSACTION
-- +goose Up
-- Mails to members about their own accounts, until they are sent.
CREATE TABLE account_mails (
    id         BINARY(16)   NOT NULL PRIMARY KEY,
    member_id  BINARY(16)   NOT NULL,
    kind       VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    device     VARCHAR(400) NOT NULL,
    created_at DATETIME(6)  NOT NULL
);
