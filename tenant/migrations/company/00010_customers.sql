-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE customers (
    id                  BINARY(16)    NOT NULL PRIMARY KEY,
    name                VARCHAR(200)  NOT NULL,
    name_key            VARCHAR(200)  COLLATE utf8mb4_bin NOT NULL,
    name_sort           VARCHAR(400)  COLLATE utf8mb4_bin NOT NULL,
    search_text         TEXT          COLLATE utf8mb4_bin NOT NULL,
    contact_name        VARCHAR(200)  NOT NULL,
    phone               VARCHAR(20)   COLLATE utf8mb4_bin NULL,
    email               VARCHAR(254)  NULL,
    website             VARCHAR(500)  NOT NULL,
    address             VARCHAR(500)  NOT NULL,
    industry            VARCHAR(100)  NOT NULL,
    employees           INT           NULL,
    revenue             BIGINT        NULL,
    revenue_currency    CHAR(3)       CHARACTER SET ascii NULL,
    source              VARCHAR(64)   NOT NULL,
    note                TEXT          NOT NULL,
    owner_id            BINARY(16)    NULL,
    lifecycle           VARCHAR(16)   CHARACTER SET ascii NOT NULL,
    lifecycle_since     DATETIME(6)   NOT NULL,
    lost_reason         VARCHAR(500)  NOT NULL,
    last_interaction_at DATETIME(6)   NULL,
    last_interaction_by BINARY(16)    NULL,
    next_follow_up_at   DATETIME(6)   NULL,
    do_not_contact      TINYINT       NOT NULL,
    custom              JSON          NOT NULL,
    -- The silence clock: since when nobody has been in contact, since when the owner has had the customer, and
    -- whether the owner was reminded of this silence.
    silence_from        DATETIME(6)   NOT NULL,
    owner_since         DATETIME(6)   NOT NULL,
    silence_reminded    TINYINT       NOT NULL,
    import_id           BINARY(16)    NULL,
    version             BIGINT        NOT NULL,
    created_by          BINARY(16)    NULL,
    created_at          DATETIME(6)   NOT NULL,
    updated_at          DATETIME(6)   NOT NULL,
    deleted_at          DATETIME(6)   NULL,
    -- Sorting needs a value where there is none: unset sorts as the distant past.
    last_interaction_sort DATETIME(6) AS (COALESCE(last_interaction_at, '1000-01-01 00:00:00')) STORED,
    next_follow_up_sort   DATETIME(6) AS (COALESCE(next_follow_up_at, '1000-01-01 00:00:00')) STORED,
    KEY customers_updated (updated_at),
    KEY customers_owner_updated (owner_id, updated_at),
    KEY customers_lifecycle_updated (lifecycle, updated_at),
    KEY customers_owner_lifecycle_updated (owner_id, lifecycle, updated_at),
    KEY customers_created (created_at),
    KEY customers_owner_created (owner_id, created_at),
    KEY customers_name (name_sort),
    KEY customers_owner_name (owner_id, name_sort),
    KEY customers_last_interaction (last_interaction_sort),
    KEY customers_owner_last_interaction (owner_id, last_interaction_sort),
    KEY customers_next_follow_up (next_follow_up_sort),
    KEY customers_owner_next_follow_up (owner_id, next_follow_up_sort),
    KEY customers_name_key (name_key),
    KEY customers_phone (phone),
    KEY customers_email (email),
    KEY customers_silence (silence_reminded, lifecycle, silence_from),
    KEY customers_import (import_id)
);

-- Two-character pieces of the search text, so that any part of a name, phone or address is found by index.
CREATE TABLE customer_grams (
    gram        CHAR(2)    COLLATE utf8mb4_bin NOT NULL,
    customer_id BINARY(16) NOT NULL,
    PRIMARY KEY (gram, customer_id)
);
