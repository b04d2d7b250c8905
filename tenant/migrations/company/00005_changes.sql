-- +goose NO TRANSACTION
-- +goose Up
-- The change log: what webhooks, rules, feeds and the audit trail are made from. seq is stamped after
-- commit by the one relay, without gaps; the id is never a cursor.
CREATE TABLE changes (
    id           BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    event_id     BINARY(16)  NOT NULL,
    seq          BIGINT      NULL,
    type         VARCHAR(64) CHARACTER SET ascii NOT NULL,
    resource     VARCHAR(32) CHARACTER SET ascii NOT NULL,
    record_id    BINARY(16)  NOT NULL,
    owner_before BINARY(16)  NULL,
    owner_after  BINARY(16)  NULL,
    actor_id     BINARY(16)  NULL,
    actor_kind   VARCHAR(16) CHARACTER SET ascii NOT NULL,
    -- The rules that led to the change, 16 bytes each.
    cause        VARBINARY(80) NOT NULL DEFAULT '',
    -- The session, API key or import, and the request; NULL where there is none.
    credential   VARCHAR(64) COLLATE utf8mb4_bin NULL,
    request_id   VARCHAR(64) CHARACTER SET ascii NULL,
    quiet        TINYINT     NOT NULL,
    data         MEDIUMTEXT  NOT NULL,
    previous     MEDIUMTEXT  NOT NULL,
    created_at   DATETIME(6) NOT NULL,
    UNIQUE KEY changes_event (event_id),
    UNIQUE KEY changes_seq (seq),
    KEY changes_record (record_id, created_at),
    KEY changes_age (created_at),
    -- For the audit log.
    KEY changes_actor (actor_id, created_at),
    KEY changes_resource (resource, created_at),
    KEY changes_request (request_id)
);

CREATE TABLE counters (
    name  VARCHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    value BIGINT      NOT NULL
);
INSERT INTO counters (name, value) VALUES ('seq', 0);

-- How much of each quota of the plan is used.
CREATE TABLE usage_counts (
    quota VARCHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    used  BIGINT      NOT NULL
);
