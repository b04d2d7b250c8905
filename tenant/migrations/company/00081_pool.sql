-- +goose NO TRANSACTION
-- +goose Up
-- How customers came into the public pool and out of it.
CREATE TABLE pool_moves (
    id          BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BINARY(16)   NOT NULL,
    -- claimed, released by their owner, or returned by themselves.
    kind        VARCHAR(10)  CHARACTER SET ascii NOT NULL,
    -- Who claimed it, or whose it was.
    member_id   BINARY(16)   NOT NULL,
    reason      VARCHAR(500) NOT NULL,
    created_at  DATETIME(6)  NOT NULL,
    KEY pool_moves_customer (customer_id, created_at),
    KEY pool_moves_member (member_id, kind, created_at)
);
