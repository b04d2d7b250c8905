-- +goose NO TRANSACTION
-- +goose Up
-- The fields that a company adds to its records by itself. The records keep the values in their column custom.
CREATE TABLE custom_fields (
    id          BINARY(16)   NOT NULL PRIMARY KEY,
    resource    VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    field_key   VARCHAR(40)  CHARACTER SET ascii NOT NULL,
    type        VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    label       JSON         NOT NULL,
    help        VARCHAR(500) NOT NULL,
    section     VARCHAR(100) NOT NULL,
    position    INT          NOT NULL,
    required    TINYINT      NOT NULL,
    is_unique   TINYINT      NOT NULL,
    -- What a new record gets; null for nothing.
    preset      JSON         NOT NULL,
    -- Only some types have these.
    options     JSON         NOT NULL,
    decimals    TINYINT      NULL,
    unit        VARCHAR(20)  NOT NULL,
    currency    CHAR(3)      CHARACTER SET ascii NULL,
    min_value   DOUBLE       NULL,
    max_value   DOUBLE       NULL,
    version     BIGINT       NOT NULL,
    created_by  BINARY(16)   NULL,
    created_at  DATETIME(6)  NOT NULL,
    updated_at  DATETIME(6)  NOT NULL,
    archived_at DATETIME(6)  NULL,
    purge_at    DATETIME(6)  NULL,
    UNIQUE KEY custom_fields_key (resource, field_key)
);

-- The same values by type, for filters and orders, of records that are not in the trash. Three tables rather than one
-- with a column for each type: rows of one type do not pay for the indexes of the others.
CREATE TABLE field_texts (
    record_id BINARY(16)   NOT NULL,
    field_id  BINARY(16)   NOT NULL,
    -- Tells the values of one record apart, where it may have several.
    item      SMALLINT     NOT NULL,
    value     TEXT         NOT NULL,
    -- What the value sorts by: pinyin for Chinese, the place among the options for a choice.
    sort      VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (record_id, field_id, item),
    KEY field_texts_sort (field_id, sort, record_id),
    KEY field_texts_value (field_id, value(40))
);

CREATE TABLE field_numbers (
    record_id BINARY(16)     NOT NULL,
    field_id  BINARY(16)     NOT NULL,
    value     DECIMAL(22, 6) NOT NULL,
    PRIMARY KEY (record_id, field_id),
    KEY field_numbers_value (field_id, value, record_id)
);

CREATE TABLE field_times (
    record_id BINARY(16)  NOT NULL,
    field_id  BINARY(16)  NOT NULL,
    -- A date is its midnight, in no zone.
    value     DATETIME(6) NOT NULL,
    PRIMARY KEY (record_id, field_id),
    KEY field_times_value (field_id, value, record_id)
);

-- Which record holds a value of a unique field, by the hash of the form in which two values are the same.
CREATE TABLE field_uniques (
    field_id   BINARY(16) NOT NULL,
    value_hash BINARY(32) NOT NULL,
    record_id  BINARY(16) NOT NULL,
    PRIMARY KEY (field_id, value_hash),
    KEY field_uniques_record (record_id)
);
