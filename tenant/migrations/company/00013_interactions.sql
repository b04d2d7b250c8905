-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE interactions (
    id          BINARY(16)    NOT NULL PRIMARY KEY,
    customer_id BINARY(16)    NOT NULL,
    kind        VARCHAR(16)   CHARACTER SET ascii NOT NULL,
    direction   VARCHAR(8)    CHARACTER SET ascii NOT NULL,
    -- What became of a call; empty for anything else.
    outcome     VARCHAR(16)   CHARACTER SET ascii NOT NULL,
    occurred_at DATETIME(6)   NOT NULL,
    minutes     INT           NULL,
    place       VARCHAR(300)  NOT NULL,
    latitude    DECIMAL(8, 6) NULL,
    longitude   DECIMAL(9, 6) NULL,
    summary     TEXT          NOT NULL,
    search_text TEXT          COLLATE utf8mb4_bin NOT NULL,
    -- Names of people on the customer's side and links to files that lie elsewhere, in the order given.
    contacts    JSON          NOT NULL,
    links       JSON          NOT NULL,
    -- The customer's matter: whether it is settled, who has to see to it, and how it was.
    resolved    TINYINT       NOT NULL,
    assignee_id BINARY(16)    NULL,
    resolution  VARCHAR(2000) NOT NULL,
    resolved_at DATETIME(6)   NULL,
    resolved_by BINARY(16)    NULL,
    next_step   VARCHAR(500)  NOT NULL,
    task_id     BINARY(16)    NULL,
    author_id   BINARY(16)    NULL,
    version     BIGINT        NOT NULL,
    created_at  DATETIME(6)   NOT NULL,
    updated_at  DATETIME(6)   NOT NULL,
    deleted_at  DATETIME(6)   NULL,
    -- Reports read all they need of it in the order of customers, and no interaction.
    KEY interactions_customer (customer_id, occurred_at, id, deleted_at, kind, direction, author_id),
    KEY interactions_time (occurred_at),
    KEY interactions_author (author_id, occurred_at),
    KEY interactions_unresolved (resolved, occurred_at),
    KEY interactions_queue (resolved, assignee_id, occurred_at),
    KEY interactions_deleted (deleted_at)
);

-- Members who took part, besides the author.
CREATE TABLE interaction_members (
    interaction_id BINARY(16) NOT NULL,
    member_id      BINARY(16) NOT NULL,
    PRIMARY KEY (interaction_id, member_id),
    KEY interaction_members_member (member_id)
);

-- People of the customer who took part and have records of their own.
CREATE TABLE interaction_contacts (
    interaction_id BINARY(16) NOT NULL,
    contact_id     BINARY(16) NOT NULL,
    PRIMARY KEY (interaction_id, contact_id),
    KEY interaction_contacts_contact (contact_id)
);
