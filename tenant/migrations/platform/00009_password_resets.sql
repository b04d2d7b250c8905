-- +goose NO TRANSACTION
-- +goose Up
-- Links to choose another password. A token is computed from its row's id with the master key, so that reading this opens
-- nothing.
CREATE TABLE password_resets (
    id         BINARY(16)  NOT NULL PRIMARY KEY,
    person_id  BINARY(16)  NOT NULL,
    -- The company whose admin made the link, and who that is; NULL for one that the person asked for.
    company_id BINARY(16)  NULL,
    made_by    BINARY(16)  NULL,
    expires_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    KEY password_resets_person (person_id),
    KEY password_resets_expiry (expires_at)
);
