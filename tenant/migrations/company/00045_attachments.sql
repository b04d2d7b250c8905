-- +goose NO TRANSACTION
-- +goose Up
-- Files at records of any noun. The bytes lie elsewhere, under the row's id. A row is there before its bytes and
-- after them, so that no file is ever without one: pending while they arrive, ready, gone until they are removed.
CREATE TABLE attachments (
    id           BINARY(16)   NOT NULL PRIMARY KEY,
    -- Both are NULL while the file waits for the record that will name it.
    noun         VARCHAR(32)  CHARACTER SET ascii NULL,
    record_id    BINARY(16)   NULL,
    name         VARCHAR(255) NOT NULL,
    -- What the bytes are, not what somebody said.
    content_type VARCHAR(100) CHARACTER SET ascii NOT NULL,
    size         BIGINT       NOT NULL,
    sha256       CHAR(64)     CHARACTER SET ascii NOT NULL,
    width        INT          NULL,
    height       INT          NULL,
    status       VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    author_id    BINARY(16)   NULL,
    created_at   DATETIME(6)  NOT NULL,
    deleted_at   DATETIME(6)  NULL,
    KEY attachments_record (record_id, created_at),
    KEY attachments_status (status, created_at),
    KEY attachments_deleted (deleted_at)
);
