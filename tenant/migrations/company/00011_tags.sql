-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE tags (
    id         BINARY(16)  NOT NULL PRIMARY KEY,
    name       VARCHAR(64) NOT NULL,
    -- Lower-case and normalised, so that VIP and vip are one tag under every collation.
    name_key   VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    colour     VARCHAR(16) CHARACTER SET ascii NOT NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY tags_name (name_key)
);

-- Which records carry which tags. Ids are unique over all kinds of record.
CREATE TABLE record_tags (
    record_id BINARY(16) NOT NULL,
    tag_id    BINARY(16) NOT NULL,
    PRIMARY KEY (record_id, tag_id),
    KEY record_tags_tag (tag_id, record_id)
);
