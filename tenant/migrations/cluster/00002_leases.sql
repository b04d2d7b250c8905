-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE leases (
    name       VARCHAR(32)  CHARACTER SET ascii NOT NULL PRIMARY KEY,
    holder     VARCHAR(128) CHARACTER SET ascii NOT NULL,
    expires_at DATETIME(6)  NOT NULL
);
INSERT INTO leases (name, holder, expires_at) VALUES ('relay', '', '2000-01-01'), ('dispatch', '', '2000-01-01');
