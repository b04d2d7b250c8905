-- +goose NO TRANSACTION
-- +goose Up
-- Files that people sent, in pieces, so that a worker on any machine can read them.
CREATE TABLE uploads (
    id         BINARY(16)   NOT NULL PRIMARY KEY,
    file_name  VARCHAR(255) NOT NULL,
    size       BIGINT       NOT NULL,
    member_id  BINARY(16)   NULL,
    created_at DATETIME(6)  NOT NULL,
    KEY uploads_age (created_at)
);

CREATE TABLE upload_chunks (
    upload_id BINARY(16) NOT NULL,
    number    INT        NOT NULL,
    data      MEDIUMBLOB NOT NULL,
    PRIMARY KEY (upload_id, number)
);

-- position is the line up to which the present pass has come, it commits with the rows themselves.
CREATE TABLE imports (
    id           BINARY(16)   NOT NULL PRIMARY KEY,
    upload_id    BINARY(16)   NOT NULL,
    resource     VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    file_name    VARCHAR(255) NOT NULL,
    member_id    BINARY(16)   NOT NULL,
    actor_id     BINARY(16)   NULL,
    status       VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    -- What an all-or-nothing import or an undo becomes once everything is taken back.
    status_after VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    file         JSON         NOT NULL,
    columns      JSON         NOT NULL,
    reading      JSON         NOT NULL,
    suggested    JSON         NOT NULL,
    saved_mapping JSON        NOT NULL,
    mapping      JSON         NOT NULL,
    options      JSON         NOT NULL,
    notices      JSON         NOT NULL,
    error        VARCHAR(1000) NOT NULL,
    position     INT          NOT NULL,
    rows_total   INT          NOT NULL,
    rows_done    INT          NOT NULL,
    created      INT          NOT NULL,
    updated      INT          NOT NULL,
    duplicates   INT          NOT NULL,
    rejected     INT          NOT NULL,
    undone       INT          NOT NULL,
    version      BIGINT       NOT NULL,
    created_at   DATETIME(6)  NOT NULL,
    updated_at   DATETIME(6)  NOT NULL,
    started_at   DATETIME(6)  NULL,
    finished_at  DATETIME(6)  NULL,
    KEY imports_created (created_at),
    KEY imports_member_created (member_id, created_at),
    KEY imports_upload (upload_id)
);

-- What each line of the file came to. cells are those of rejected lines, changes those of updated records.
CREATE TABLE import_rows (
    import_id BINARY(16)   NOT NULL,
    line      INT          NOT NULL,
    outcome   VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    name      VARCHAR(200) NOT NULL,
    record_id BINARY(16)   NULL,
    problems  MEDIUMTEXT   NOT NULL,
    cells     MEDIUMTEXT   NULL,
    changes   MEDIUMTEXT   NULL,
    PRIMARY KEY (import_id, line),
    KEY import_rows_outcome (import_id, outcome, line)
);
