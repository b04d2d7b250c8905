-- +goose NO TRANSACTION
-- +goose Up
-- Values of the installation itself; the keyset is encrypted with the master key.
CREATE TABLE settings (
    name  VARCHAR(64) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    value MEDIUMBLOB  NOT NULL
);
