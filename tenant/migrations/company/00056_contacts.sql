-- +goose NO TRANSACTION
-- +goose Up
-- People whom we deal with, mostly at a customer.
CREATE TABLE contacts (
    id             BINARY(16)   NOT NULL PRIMARY KEY,
    customer_id    BINARY(16)   NULL,
    -- The customer's owner, or one of its own for somebody without a customer.
    owner_id       BINARY(16)   NULL,
    name           VARCHAR(200) NOT NULL,
    name_sort      VARCHAR(400) COLLATE utf8mb4_bin NOT NULL,
    search_text    TEXT         COLLATE utf8mb4_bin NOT NULL,
    title          VARCHAR(100) NOT NULL,
    department     VARCHAR(100) NOT NULL,
    role           VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    is_primary     TINYINT      NOT NULL,
    phones         JSON         NOT NULL,
    emails         JSON         NOT NULL,
    wechat         VARCHAR(64)  NOT NULL,
    addresses      JSON         NOT NULL,
    birthday       DATE         NULL,
    language       VARCHAR(35)  CHARACTER SET ascii NOT NULL,
    do_not_contact TINYINT      NOT NULL,
    consents       JSON         NOT NULL,
    source         VARCHAR(64)  NOT NULL,
    note           TEXT         NOT NULL,
    custom         JSON         NOT NULL,
    version        BIGINT       NOT NULL,
    created_by     BINARY(16)   NULL,
    created_at     DATETIME(6)  NOT NULL,
    updated_at     DATETIME(6)  NOT NULL,
    deleted_at     DATETIME(6)  NULL,
    -- Whether it is in the trash because its customer is.
    deleted_along  TINYINT      NOT NULL,
    KEY contacts_updated (updated_at),
    KEY contacts_owner_updated (owner_id, updated_at),
    KEY contacts_created (created_at),
    KEY contacts_owner_created (owner_id, created_at),
    KEY contacts_name (name_sort),
    KEY contacts_owner_name (owner_id, name_sort),
    KEY contacts_customer (customer_id, name_sort),
    KEY contacts_deleted (deleted_at)
);

-- Their phone numbers and e-mail addresses, each in a row, of contacts that are not in the trash (crm/list, Side).
CREATE TABLE contact_points (
    record_id BINARY(16)   NOT NULL,
    -- 1 for phone numbers, 2 for e-mail addresses.
    field_id  TINYINT      NOT NULL,
    item      SMALLINT     NOT NULL,
    value     VARCHAR(254) NOT NULL,
    PRIMARY KEY (record_id, field_id, item),
    KEY contact_points_value (field_id, value, record_id)
);
