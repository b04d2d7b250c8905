-- +goose NO TRANSACTION
-- +goose Up
-- Lists that people keep under a name. built_in names those that every company begins with.
CREATE TABLE saved_views (
    id         BINARY(16)   NOT NULL PRIMARY KEY,
    list       VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    name       VARCHAR(100) NOT NULL,
    filter     TEXT         NOT NULL,
    order_by   VARCHAR(100) NOT NULL,
    columns    JSON         NOT NULL,
    shared     TINYINT      NOT NULL,
    built_in   VARCHAR(32)  CHARACTER SET ascii NULL,
    position   INT          NOT NULL,
    owner_id   BINARY(16)   NULL,
    version    BIGINT       NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    updated_at DATETIME(6)  NOT NULL,
    KEY saved_views_owner (owner_id),
    KEY saved_views_shared (shared)
);
