-- +goose NO TRANSACTION
-- +goose Up
-- The company's settings in named groups; what is not here has the program's default.
CREATE TABLE settings (
    name       VARCHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    value      JSON        NOT NULL,
    updated_at DATETIME(6) NOT NULL
);
