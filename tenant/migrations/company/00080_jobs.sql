-- +goose NO TRANSACTION
-- +goose Up
-- Changes of very many records, which a worker carries out some at a time. pass and position are how far it has come;
-- they commit with the changes.
CREATE TABLE jobs (
    id          BINARY(16)    NOT NULL PRIMARY KEY,
    kind        VARCHAR(16)   CHARACTER SET ascii NOT NULL,
    -- What is to be done, as it was asked for.
    task        JSON          NOT NULL,
    member_id   BINARY(16)    NOT NULL,
    status      VARCHAR(16)   CHARACTER SET ascii NOT NULL,
    error       VARCHAR(1000) NOT NULL,
    pass        INT           NOT NULL,
    position    BINARY(16)    NULL,
    total       INT           NOT NULL,
    done        INT           NOT NULL,
    changed     INT           NOT NULL,
    unchanged   INT           NOT NULL,
    not_found   INT           NOT NULL,
    refused     INT           NOT NULL,
    -- The first of those that were not found or refused.
    failures    JSON          NOT NULL,
    version     BIGINT        NOT NULL,
    created_at  DATETIME(6)   NOT NULL,
    updated_at  DATETIME(6)   NOT NULL,
    finished_at DATETIME(6)   NULL,
    KEY jobs_created (created_at),
    KEY jobs_member_created (member_id, created_at)
);
