-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE interactions (
    id          BINARY(16)   NOT NULL PRIMARY KEY,
    customer_id BINARY(16)   NOT NULL,
    kind        VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    direction   VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    occurred_at DATETIME(6)  NOT NULL,
    minutes     INT          NULL,
    summary     TEXT         NOT NULL,
    -- Names of people on the customer's side and links to files, in the order given.
    contacts    JSON         NOT NULL,
    attachments JSON         NOT NULL,
    resolved    TINYINT      NOT NULL,
    next_step   VARCHAR(500) NOT NULL,
    task_id     BINARY(16)   NULL,
    author_id   BINARY(16)   NULL,
    version     BIGINT       NOT NULL,
    created_at  DATETIME(6)  NOT NULL,
    updated_at  DATETIME(6)  NOT NULL,
    deleted_at  DATETIME(6)  NULL,
    KEY interactions_customer (customer_id, occurred_at),
    KEY interactions_time (occurred_at),
    KEY interactions_author (author_id, occurred_at),
    KEY interactions_unresolved (resolved, occurred_at)
);

-- Members who took part, besides the author.
CREATE TABLE interaction_members (
    interaction_id BINARY(16) NOT NULL,
    member_id      BINARY(16) NOT NULL,
    PRIMARY KEY (interaction_id, member_id),
    KEY interaction_members_member (member_id)
);
