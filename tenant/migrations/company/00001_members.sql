-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE members (
    id             BINARY(16)   NOT NULL PRIMARY KEY,
    name           VARCHAR(200) NOT NULL,
    title          VARCHAR(100) NOT NULL,
    email          VARCHAR(254) COLLATE utf8mb4_bin NULL,
    phone          VARCHAR(20)  CHARACTER SET ascii NULL,
    manager_id     BINARY(16)   NULL,
    status         VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    locale         VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    -- NULL is the company's.
    timezone       VARCHAR(64)  CHARACTER SET ascii NULL,
    last_active_at DATETIME(6)  NULL,
    version        BIGINT       NOT NULL,
    created_at     DATETIME(6)  NOT NULL,
    updated_at     DATETIME(6)  NOT NULL,
    KEY members_manager (manager_id)
);

-- The reporting tree as a closure: everyone above everyone, and each to themselves at depth 0.
CREATE TABLE member_tree (
    ancestor_id   BINARY(16) NOT NULL,
    descendant_id BINARY(16) NOT NULL,
    depth         INT        NOT NULL,
    PRIMARY KEY (ancestor_id, descendant_id),
    KEY member_tree_up (descendant_id, depth)
);
