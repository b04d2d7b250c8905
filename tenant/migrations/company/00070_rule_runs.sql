-- +goose NO TRANSACTION
-- +goose Up
-- One rule's run for one record. The id is made of the rule, the record and the occasion, an event or a time, so that the
-- same occasion makes no second one.
CREATE TABLE rule_runs (
    id          BINARY(16)   NOT NULL PRIMARY KEY,
    rule_id     BINARY(16)   NOT NULL,
    record_id   BINARY(16)   NOT NULL,
    -- The type of the event, or the kind of trigger.
    set_off_by  VARCHAR(64)  CHARACTER SET ascii NOT NULL,
    event_id    BINARY(16)   NULL,
    -- Who made the change that set it off.
    actor_id    BINARY(16)   NULL,
    -- The rules that led to that change, 16 bytes each.
    cause       VARBINARY(80) NOT NULL,
    outcome     VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    reason      VARCHAR(500) NOT NULL,
    results     JSON         NOT NULL,
    set_off_at  DATETIME(6)  NOT NULL,
    finished_at DATETIME(6)  NULL,
    KEY rule_runs_rule (rule_id, set_off_at),
    KEY rule_runs_outcome (rule_id, outcome, set_off_at),
    KEY rule_runs_record (record_id, set_off_at),
    KEY rule_runs_age (set_off_at)
);
