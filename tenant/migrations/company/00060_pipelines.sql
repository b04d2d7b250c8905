-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE pipelines (
    id                BINARY(16)   NOT NULL PRIMARY KEY,
    name              VARCHAR(100) NOT NULL,
    is_default        TINYINT      NOT NULL,
    -- What a win does to the deal's customer.
    on_won            VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    needs_lost_reason TINYINT      NOT NULL,
    version           BIGINT       NOT NULL,
    created_by        BINARY(16)   NULL,
    created_at        DATETIME(6)  NOT NULL,
    updated_at        DATETIME(6)  NOT NULL,
    deleted_at        DATETIME(6)  NULL
);

-- The open stages in their order, and one row each for how a deal ends: kind is open, won or lost. Stages that are
-- gone stay for the names in the history.
CREATE TABLE pipeline_stages (
    id           BINARY(16)   NOT NULL PRIMARY KEY,
    pipeline_id  BINARY(16)   NOT NULL,
    name         VARCHAR(100) NOT NULL,
    kind         VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    position     INT          NOT NULL,
    probability  INT          NOT NULL,
    rotting_days INT          NULL,
    deleted_at   DATETIME(6)  NULL,
    KEY pipeline_stages_pipeline (pipeline_id, position)
);

-- Why deals and customers are lost, for choosing from.
CREATE TABLE lost_reasons (
    id         BINARY(16)   NOT NULL PRIMARY KEY,
    name       VARCHAR(100) NOT NULL,
    name_key   VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
    active     TINYINT      NOT NULL,
    position   INT          NOT NULL,
    version    BIGINT       NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    updated_at DATETIME(6)  NOT NULL,
    UNIQUE KEY lost_reasons_name (name_key)
);
