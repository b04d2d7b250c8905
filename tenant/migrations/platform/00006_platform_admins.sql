-- +goose NO TRANSACTION
-- +goose Up
-- People who manage the platform. They belong to no company by that.
CREATE TABLE platform_admins (
    person_id  BINARY(16)  NOT NULL PRIMARY KEY,
    created_at DATETIME(6) NOT NULL
);
