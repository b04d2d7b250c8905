-- +goose NO TRANSACTION
-- +goose Up
-- What headings mean in files that come again. name_key is the name without its case.
CREATE TABLE import_mappings (
    id         BINARY(16)   NOT NULL PRIMARY KEY,
    resource   VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    name       VARCHAR(100) NOT NULL,
    name_key   VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
    fields     JSON         NOT NULL,
    options    JSON         NOT NULL,
    shared     TINYINT      NOT NULL,
    owner_id   BINARY(16)   NOT NULL,
    used_at    DATETIME(6)  NULL,
    version    BIGINT       NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    updated_at DATETIME(6)  NOT NULL,
    UNIQUE KEY import_mappings_name (owner_id, name_key),
    KEY import_mappings_shared (shared)
);
