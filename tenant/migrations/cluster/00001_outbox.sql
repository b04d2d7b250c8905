-- +goose NO TRANSACTION
-- +goose Up
-- Pointers to the companies' changes that are committed but not relayed. Rows are deleted by id.
CREATE TABLE outbox (
    id         BIGINT     NOT NULL AUTO_INCREMENT PRIMARY KEY,
    company_id BINARY(16) NOT NULL,
    change_id  BIGINT     NOT NULL,
    KEY outbox_turn (company_id, id)
);
