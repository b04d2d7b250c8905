-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE companies (
    id          BINARY(16)   NOT NULL PRIMARY KEY,
    name        VARCHAR(200) NOT NULL,
    schema_name VARCHAR(64)  CHARACTER SET ascii NOT NULL,
    cluster_id  VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    status      VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    plan        VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    timezone    VARCHAR(64)  CHARACTER SET ascii NOT NULL,
    locale      VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    currency    CHAR(3)      CHARACTER SET ascii NOT NULL,
    created_at  DATETIME(6)  NOT NULL,
    updated_at  DATETIME(6)  NOT NULL,
    UNIQUE KEY companies_schema (schema_name),
    KEY companies_status (status, created_at)
);
