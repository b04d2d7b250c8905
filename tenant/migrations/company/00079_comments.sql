-- +goose NO TRANSACTION
-- +goose Up
-- What colleagues say to each other about a record of any noun.
CREATE TABLE comments (
    id         BINARY(16)  NOT NULL PRIMARY KEY,
    noun       VARCHAR(32) CHARACTER SET ascii NOT NULL,
    record_id  BINARY(16)  NOT NULL,
    body       TEXT        NOT NULL,
    -- Who is mentioned in the body, as a JSON list.
    mentions   JSON        NOT NULL,
    author_id  BINARY(16)  NULL,
    version    BIGINT      NOT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY comments_record (record_id, created_at)
);
