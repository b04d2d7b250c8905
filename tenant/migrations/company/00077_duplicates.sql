-- +goose NO TRANSACTION
-- +goose Up
-- Pairs of customers that look alike and are not the same, the smaller id first.
CREATE TABLE duplicate_dismissals (
    customer_id BINARY(16)  NOT NULL,
    other_id    BINARY(16)  NOT NULL,
    member_id   BINARY(16)  NULL,
    created_at  DATETIME(6) NOT NULL,
    PRIMARY KEY (customer_id, other_id),
    KEY duplicate_dismissals_other (other_id)
);
