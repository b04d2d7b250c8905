-- +goose NO TRANSACTION
-- +goose Up
-- The moves a company allows; whatever is not here is refused.
CREATE TABLE lifecycle_moves (
    from_stage   VARCHAR(16) CHARACTER SET ascii NOT NULL,
    to_stage     VARCHAR(16) CHARACTER SET ascii NOT NULL,
    needs_reason TINYINT     NOT NULL,
    PRIMARY KEY (from_stage, to_stage)
);
INSERT INTO lifecycle_moves (from_stage, to_stage, needs_reason) VALUES
    ('potential', 'interested', 0), ('potential', 'won', 0), ('interested', 'won', 0),
    ('potential', 'lost', 1), ('interested', 'lost', 1), ('won', 'lost', 1),
    ('lost', 'interested', 0), ('won', 'interested', 0);

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
