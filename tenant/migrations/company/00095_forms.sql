-- +goose NO TRANSACTION
-- +goose Up
-- Pages on which visitors become customers.
CREATE TABLE forms (
    id                BINARY(16)    NOT NULL PRIMARY KEY,
    name              VARCHAR(200)  NOT NULL,
    name_sort         VARCHAR(400)  COLLATE utf8mb4_bin NOT NULL,
    title             VARCHAR(200)  NOT NULL,
    intro             TEXT          NOT NULL,
    thanks            TEXT          NOT NULL,
    fields            JSON          NOT NULL,
    source            VARCHAR(64)   NOT NULL,
    campaign          VARCHAR(100)  NOT NULL,
    tags              JSON          NOT NULL,
    consent_text      TEXT          NOT NULL,
    consent_channels  JSON          NOT NULL,
    assignment        JSON          NOT NULL,
    active            TINYINT       NOT NULL,
    success_url       VARCHAR(2000) NOT NULL,
    allowed_origins   JSON          NOT NULL,
    -- What its address says, behind the company's id.
    token             BINARY(12)    NOT NULL,
    -- Whose turn it is where members take turns; written with the customer whom it gave to somebody.
    turn              BIGINT        NOT NULL,
    submissions       BIGINT        NOT NULL,
    last_submitted_at DATETIME(6)   NULL,
    version           BIGINT        NOT NULL,
    created_by        BINARY(16)    NULL,
    created_at        DATETIME(6)   NOT NULL,
    updated_at        DATETIME(6)   NOT NULL,
    deleted_at        DATETIME(6)   NULL,
    UNIQUE KEY forms_token (token),
    KEY forms_name (name_sort),
    KEY forms_created (created_at),
    KEY forms_updated (updated_at)
);

-- What visitors have sent in, as they wrote it.
CREATE TABLE form_submissions (
    id           BINARY(16)   NOT NULL PRIMARY KEY,
    form_id      BINARY(16)   NOT NULL,
    customer_id  BINARY(16)   NOT NULL,
    -- Whether the customer was there before.
    known        TINYINT      NOT NULL,
    name         VARCHAR(200) NOT NULL,
    contact_name VARCHAR(200) NOT NULL,
    phone        VARCHAR(20)  COLLATE utf8mb4_bin NULL,
    email        VARCHAR(254) NULL,
    region       VARCHAR(100) NOT NULL,
    note         TEXT         NOT NULL,
    custom       JSON         NOT NULL,
    source       VARCHAR(64)  NOT NULL,
    campaign     VARCHAR(100) NOT NULL,
    -- The words that were consented to; empty where nothing was asked.
    consent_text TEXT         NOT NULL,
    -- That of the page it was written on: what is sent twice is there once.
    stamp        BINARY(16)   NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    UNIQUE KEY form_submissions_stamp (stamp),
    KEY form_submissions_form (form_id, created_at),
    KEY form_submissions_customer (customer_id, created_at)
);
