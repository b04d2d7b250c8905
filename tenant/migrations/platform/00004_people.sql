-- +goose NO TRANSACTION
-- +goose Up
-- Credentials. A person signs in by e-mail or phone and may belong to several companies.
CREATE TABLE people (
    id            BINARY(16)   NOT NULL PRIMARY KEY,
    email         VARCHAR(254) COLLATE utf8mb4_bin NULL,
    phone         VARCHAR(20)  CHARACTER SET ascii NULL,
    name          VARCHAR(200) NOT NULL,
    password_hash VARCHAR(255) CHARACTER SET ascii NOT NULL,
    locale        VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    created_at    DATETIME(6)  NOT NULL,
    updated_at    DATETIME(6)  NOT NULL,
    UNIQUE KEY people_email (email),
    UNIQUE KEY people_phone (phone)
);

-- Which companies to offer at sign-in. The member row in the company's schema decides what a person may do there.
CREATE TABLE memberships (
    person_id  BINARY(16)  NOT NULL,
    company_id BINARY(16)  NOT NULL,
    created_at DATETIME(6) NOT NULL,
    PRIMARY KEY (person_id, company_id),
    KEY memberships_company (company_id)
);
