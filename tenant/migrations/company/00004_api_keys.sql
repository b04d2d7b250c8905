-- +goose NO TRANSACTION
-- +goose Up
-- Keys carry 256 random bits, so a plain SHA-256 of the whole text is enough to find and to check one.
CREATE TABLE api_keys (
    id           BINARY(16)   NOT NULL PRIMARY KEY,
    name         VARCHAR(200) NOT NULL,
    member_id    BINARY(16)   NOT NULL,
    scopes       TEXT         NOT NULL,
    prefix       VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    last4        CHAR(4)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    secret_hash  BINARY(32)   NOT NULL,
    expires_at   DATETIME(6)  NULL,
    revoked_at   DATETIME(6)  NULL,
    last_used_at DATETIME(6)  NULL,
    created_at   DATETIME(6)  NOT NULL,
    UNIQUE KEY api_keys_secret (secret_hash),
    KEY api_keys_member (member_id),
    KEY api_keys_expiry (revoked_at, expires_at)
);
