-- +goose NO TRANSACTION
-- +goose Up
-- A token is found by its hash. It is kept sealed as well while mail may have to carry it.
CREATE TABLE invitations (
    id           BINARY(16)   NOT NULL PRIMARY KEY,
    name         VARCHAR(200) NOT NULL,
    email        VARCHAR(254) COLLATE utf8mb4_bin NULL,
    phone        VARCHAR(20)  CHARACTER SET ascii NULL,
    roles        TEXT         NOT NULL,
    manager_id   BINARY(16)   NULL,
    invited_by   BINARY(16)   NOT NULL,
    token_hash   BINARY(32)   NOT NULL,
    token_sealed BLOB         NULL,
    status       VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    member_id    BINARY(16)   NULL,
    expires_at   DATETIME(6)  NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    updated_at   DATETIME(6)  NOT NULL,
    UNIQUE KEY invitations_token (token_hash),
    KEY invitations_manager (manager_id),
    KEY invitations_email (email),
    KEY invitations_expiry (status, expires_at)
);
