-- +goose NO TRANSACTION
-- +goose Up
-- Every stage a customer was ever in: permanent, because reports look back further than the change log.
CREATE TABLE lifecycle_history (
    id          BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BINARY(16)   NOT NULL,
    from_stage  VARCHAR(16)  CHARACTER SET ascii NULL,
    to_stage    VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    reason      VARCHAR(500) NOT NULL,
    actor_id    BINARY(16)   NULL,
    entered_at  DATETIME(6)  NOT NULL,
    KEY lifecycle_history_customer (customer_id, entered_at),
    KEY lifecycle_history_stage (to_stage, entered_at)
);
