-- +goose NO TRANSACTION
-- +goose Up
-- Second steps of sign-in: the secret, sealed, that a person's device makes codes from.
CREATE TABLE totp (
    person_id    BINARY(16)  NOT NULL PRIMARY KEY,
    secret       BLOB        NOT NULL,
    -- NULL until a first code was shown.
    confirmed_at DATETIME(6) NULL,
    -- Codes of this time step and of earlier ones are used up.
    used_step    BIGINT      NOT NULL,
    created_at   DATETIME(6) NOT NULL
);

-- Codes for whom the device is lost, each good for once; only their keyed hashes.
CREATE TABLE recovery_codes (
    person_id BINARY(16) NOT NULL,
    code_hash BINARY(32) NOT NULL,
    PRIMARY KEY (person_id, code_hash)
);
