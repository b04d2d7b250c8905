-- +goose NO TRANSACTION
-- +goose Up
-- Which records went up in others. The rows stay for ever, so that whoever knows the old id is led to the new one; when
-- a winner loses in its turn, its rows name the next.
CREATE TABLE merges (
    loser_id   BINARY(16)  NOT NULL PRIMARY KEY,
    winner_id  BINARY(16)  NOT NULL,
    -- The loser as it was; NULL once its row is purged.
    loser      MEDIUMTEXT  NULL,
    -- Who gave each field, and how many rows of each table moved.
    fields     JSON        NOT NULL,
    moved      JSON        NOT NULL,
    member_id  BINARY(16)  NULL,
    created_at DATETIME(6) NOT NULL,
    KEY merges_winner (winner_id, created_at)
);
