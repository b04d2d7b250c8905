-- +goose NO TRANSACTION
-- +goose Up
-- What members and teams are to reach in a month.
CREATE TABLE targets (
    id         BINARY(16)  NOT NULL PRIMARY KEY,
    -- One of the two.
    member_id  BINARY(16)  NULL,
    team_id    BINARY(16)  NULL,
    -- The month's first day.
    month      DATE        NOT NULL,
    measure    VARCHAR(16) CHARACTER SET ascii NOT NULL,
    value      BIGINT      NOT NULL,
    created_by BINARY(16)  NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    -- Whose it is in one column, because a key does not tell NULLs apart.
    holder_id  BINARY(16)  AS (COALESCE(member_id, team_id)) STORED,
    UNIQUE KEY targets_holder (holder_id, month, measure),
    KEY targets_month (month)
);
