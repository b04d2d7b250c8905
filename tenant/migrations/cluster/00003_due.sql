-- +goose NO TRANSACTION
-- +goose Up
-- Work with a due time. A claimed row was handed to the queue; at expires_at it counts as lost.
CREATE TABLE due (
    company_id BINARY(16)  NOT NULL,
    kind       VARCHAR(24) CHARACTER SET ascii NOT NULL,
    ref        BINARY(16)  NOT NULL,
    lane       BINARY(16)  NOT NULL,
    due_at     DATETIME(6) NOT NULL,
    claimed    TINYINT     NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    generation BIGINT      NOT NULL,
    PRIMARY KEY (company_id, kind, ref),
    KEY due_by_lane (kind, claimed, company_id, lane, due_at),
    KEY due_by_expiry (kind, claimed, expires_at)
);
