-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE roles (
    id          VARCHAR(64)  CHARACTER SET ascii NOT NULL PRIMARY KEY,
    name        VARCHAR(100) NOT NULL,
    description VARCHAR(500) NOT NULL,
    built_in    TINYINT      NOT NULL,
    -- Fields that the role shows in part only, as a JSON list.
    masks       TEXT         NOT NULL,
    version     BIGINT       NOT NULL,
    created_at  DATETIME(6)  NOT NULL,
    updated_at  DATETIME(6)  NOT NULL,
    UNIQUE KEY roles_name (name)
);

CREATE TABLE role_permissions (
    role_id  VARCHAR(64) CHARACTER SET ascii NOT NULL,
    resource VARCHAR(64) CHARACTER SET ascii NOT NULL,
    action   VARCHAR(32) CHARACTER SET ascii NOT NULL,
    scope    VARCHAR(8)  CHARACTER SET ascii NOT NULL,
    PRIMARY KEY (role_id, resource, action)
);

CREATE TABLE member_roles (
    member_id BINARY(16)  NOT NULL,
    role_id   VARCHAR(64) CHARACTER SET ascii NOT NULL,
    PRIMARY KEY (member_id, role_id),
    KEY member_roles_role (role_id)
);
