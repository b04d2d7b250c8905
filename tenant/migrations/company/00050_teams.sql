-- +goose NO TRANSACTION
-- +goose Up
-- Groups of members for reports, targets and assignment. They grant no rights; the reporting tree does.
CREATE TABLE teams (
    id         BINARY(16)   NOT NULL PRIMARY KEY,
    name       VARCHAR(100) NOT NULL,
    lead_id    BINARY(16)   NULL,
    version    BIGINT       NOT NULL,
    created_at DATETIME(6)  NOT NULL,
    updated_at DATETIME(6)  NOT NULL,
    UNIQUE KEY teams_name (name)
);

CREATE TABLE team_members (
    team_id   BINARY(16) NOT NULL,
    member_id BINARY(16) NOT NULL,
    PRIMARY KEY (team_id, member_id),
    KEY team_members_member (member_id, team_id)
);
