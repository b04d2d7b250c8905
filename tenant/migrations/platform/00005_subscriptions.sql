-- +goose NO TRANSACTION
-- +goose Up
-- Which customer at Stripe a company is. Stripe's ids differ by case.
CREATE TABLE billing_accounts (
    company_id  BINARY(16)   NOT NULL PRIMARY KEY,
    customer_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at  DATETIME(6)  NOT NULL,
    UNIQUE KEY billing_accounts_customer (customer_id)
);

-- Every subscription a company ever had, as Stripe described it last. The best one that grants access
-- decides companies.plan.
CREATE TABLE subscriptions (
    id                   VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    company_id           BINARY(16)   NOT NULL,
    status               VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    plan                 VARCHAR(32)  CHARACTER SET ascii NOT NULL,
    billing_interval     VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    current_period_end   DATETIME(6)  NULL,
    cancel_at_period_end TINYINT      NOT NULL,
    -- Until when an unpaid renewal keeps its access.
    grace_until          DATETIME(6)  NULL,
    -- Whether the plan counted when it was last looked at.
    granted              TINYINT      NOT NULL,
    -- The moment that this description is of, and how much it weighs against another of the same moment.
    as_of                DATETIME(6)  NOT NULL,
    as_of_weight         TINYINT      NOT NULL,
    created_at           DATETIME(6)  NOT NULL,
    updated_at           DATETIME(6)  NOT NULL,
    KEY subscriptions_company (company_id),
    KEY subscriptions_grace (granted, grace_until),
    KEY subscriptions_period (granted, current_period_end)
);

-- Webhook events that were carried out, so that a repeat changes nothing.
CREATE TABLE stripe_events (
    id          VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    type        VARCHAR(64)  CHARACTER SET ascii NOT NULL,
    company_id  BINARY(16)   NULL,
    received_at DATETIME(6)  NOT NULL,
    KEY stripe_events_age (received_at)
);
