-- +goose NO TRANSACTION
-- +goose Up
-- Members with whom a customer is shared beyond its owner: 协作人. Every scope asks here, by member.
CREATE TABLE collaborators (
    customer_id BINARY(16)  NOT NULL,
    member_id   BINARY(16)  NOT NULL,
    may_write   TINYINT     NOT NULL,
    created_by  BINARY(16)  NULL,
    created_at  DATETIME(6) NOT NULL,
    PRIMARY KEY (customer_id, member_id),
    KEY collaborators_member (member_id, may_write, customer_id)
);
