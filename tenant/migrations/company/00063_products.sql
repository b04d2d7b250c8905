-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE products (
    id          BINARY(16)    NOT NULL PRIMARY KEY,
    name        VARCHAR(200)  NOT NULL,
    name_sort   VARCHAR(400)  COLLATE utf8mb4_bin NOT NULL,
    search_text TEXT          COLLATE utf8mb4_bin NOT NULL,
    code        VARCHAR(64)   NOT NULL,
    -- Empty codes and those of deleted products are nobody's.
    code_key    VARCHAR(64)   COLLATE utf8mb4_bin NULL,
    category    VARCHAR(100)  NOT NULL,
    unit        VARCHAR(64)   NOT NULL,
    note        TEXT          NOT NULL,
    tax_rate    DECIMAL(7,4)  NULL,
    active      TINYINT       NOT NULL,
    version     BIGINT        NOT NULL,
    created_by  BINARY(16)    NULL,
    created_at  DATETIME(6)   NOT NULL,
    updated_at  DATETIME(6)   NOT NULL,
    deleted_at  DATETIME(6)   NULL,
    UNIQUE KEY products_code (code_key),
    KEY products_name (name_sort),
    KEY products_created (created_at),
    KEY products_updated (updated_at)
);

CREATE TABLE product_prices (
    product_id BINARY(16)    NOT NULL,
    currency   CHAR(3)       CHARACTER SET ascii NOT NULL,
    price      DECIMAL(19,6) NOT NULL,
    PRIMARY KEY (product_id, currency)
);

-- What a deal is about, line by line. Names, prices and rates are those of the day on which the line was written.
CREATE TABLE deal_items (
    id               BINARY(16)    NOT NULL PRIMARY KEY,
    deal_id          BINARY(16)    NOT NULL,
    position         INT           NOT NULL,
    product_id       BINARY(16)    NULL,
    name             VARCHAR(200)  NOT NULL,
    code             VARCHAR(64)   NOT NULL,
    unit             VARCHAR(64)   NOT NULL,
    quantity         DECIMAL(15,4) NOT NULL,
    unit_price       DECIMAL(19,6) NOT NULL,
    -- One of the two at most; the amount in minor units.
    discount_percent DECIMAL(7,4)  NULL,
    discount_amount  BIGINT        NULL,
    tax_rate         DECIMAL(7,4)  NULL,
    -- What follows from these, in minor units: total before tax.
    total            BIGINT        NOT NULL,
    tax              BIGINT        NOT NULL,
    KEY deal_items_deal (deal_id, position),
    KEY deal_items_product (product_id, deal_id)
);
