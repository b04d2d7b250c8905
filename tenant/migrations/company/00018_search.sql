-- +goose NO TRANSACTION
-- +goose Up
-- Two-character pieces of the search texts, so that any part of a name, phone or address is found by index. noun tells
-- the kinds of record apart (crm/search).
CREATE TABLE search_grams (
    noun      TINYINT    NOT NULL,
    gram      CHAR(2)    COLLATE utf8mb4_bin NOT NULL,
    record_id BINARY(16) NOT NULL,
    PRIMARY KEY (noun, gram, record_id)
);
