-- +goose NO TRANSACTION
-- +goose Up
-- What happens by itself: for which records of which noun, set off by what, and what is done. The last to save a rule is
-- its editor, within whose rights it acts; nobody has saved those that every company begins with.
CREATE TABLE rules (
    id            BINARY(16)   NOT NULL PRIMARY KEY,
    name          VARCHAR(100) NOT NULL,
    enabled       TINYINT      NOT NULL,
    resource      VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    stage         VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    -- trigger_kind is trigger_spec's type.
    trigger_kind  VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    trigger_spec  JSON         NOT NULL,
    filter        TEXT         NOT NULL,
    actions       JSON         NOT NULL,
    built_in      VARCHAR(32)  CHARACTER SET ascii NULL,
    editor_id     BINARY(16)   NULL,
    paused_reason VARCHAR(500) NOT NULL,
    -- Since when its runs have failed; NULL while all is well.
    failing_since DATETIME(6)  NULL,
    -- When the clock sets it off next; NULL for what the clock has no part in.
    next_at       DATETIME(6)  NULL,
    version       BIGINT       NOT NULL,
    created_at    DATETIME(6)  NOT NULL,
    updated_at    DATETIME(6)  NOT NULL,
    UNIQUE KEY rules_built_in (built_in),
    KEY rules_trigger (trigger_kind, enabled)
);
