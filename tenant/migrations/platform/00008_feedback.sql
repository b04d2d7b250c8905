-- +goose NO TRANSACTION
-- +goose Up
-- What people say about the product, from within it. Platform admins read it.
CREATE TABLE feedback (
    id          BINARY(16)   NOT NULL PRIMARY KEY,
    company_id  BINARY(16)   NOT NULL,
    person_id   BINARY(16)   NOT NULL,
    kind        VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    rating      TINYINT      NULL,
    text        TEXT         NOT NULL,
    route       VARCHAR(300) NOT NULL,
    app_version VARCHAR(64)  NOT NULL,
    locale      VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    created_at  DATETIME(6)  NOT NULL,
    KEY feedback_created (created_at),
    KEY feedback_company (company_id, created_at)
);
