-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE deals (
    id                BINARY(16)     NOT NULL PRIMARY KEY,
    name              VARCHAR(200)   NOT NULL,
    name_sort         VARCHAR(400)   COLLATE utf8mb4_bin NOT NULL,
    search_text       TEXT           COLLATE utf8mb4_bin NOT NULL,
    customer_id       BINARY(16)     NULL,
    pipeline_id       BINARY(16)     NOT NULL,
    stage_id          BINARY(16)     NOT NULL,
    -- The order within a stage: texts between which there is always room for another.
    board_rank        VARCHAR(64)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    stage_since       DATETIME(6)    NOT NULL,
    status            VARCHAR(8)     CHARACTER SET ascii NOT NULL,
    owner_id          BINARY(16)     NULL,
    -- Minor units. amount_base is in the company's currency, by the rate of rate_on.
    amount            BIGINT         NULL,
    -- How many lines it has; with any, the amount is their sum.
    item_count        INT            NOT NULL,
    currency          CHAR(3)        CHARACTER SET ascii NOT NULL,
    amount_base       BIGINT         NULL,
    rate              DECIMAL(19,12) NULL,
    rate_on           DATE           NULL,
    -- Instead of the stage's.
    own_probability   INT            NULL,
    expected_close_on DATE           NULL,
    closed_at         DATETIME(6)    NULL,
    -- The day of closed_at in the company's time zone.
    closed_on         DATE           NULL,
    lost_reason_id    BINARY(16)     NULL,
    lost_reason       VARCHAR(500)   NOT NULL,
    source            VARCHAR(64)    NOT NULL,
    note              TEXT           NOT NULL,
    custom            JSON           NOT NULL,
    -- Kept by the tasks.
    next_task_at      DATETIME(6)    NULL,
    last_activity_at  DATETIME(6)    NULL,
    version           BIGINT         NOT NULL,
    created_by        BINARY(16)     NULL,
    created_at        DATETIME(6)    NOT NULL,
    updated_at        DATETIME(6)    NOT NULL,
    deleted_at        DATETIME(6)    NULL,
    -- The day to which its money belongs: expected while it is open, real once it is closed.
    close_on           DATE          AS (IF(status = 'open', expected_close_on, closed_on)) STORED,
    -- Sorting needs a value where there is none: no amount is less than any, no day of closing is after all.
    amount_sort        BIGINT        AS (COALESCE(amount_base, -1)) STORED,
    expected_sort      DATE          AS (COALESCE(expected_close_on, '9999-12-31')) STORED,
    closed_sort        DATETIME(6)   AS (COALESCE(closed_at, '1000-01-01 00:00:00')) STORED,
    next_task_sort     DATETIME(6)   AS (COALESCE(next_task_at, '1000-01-01 00:00:00')) STORED,
    last_activity_sort DATETIME(6)   AS (COALESCE(last_activity_at, '1000-01-01 00:00:00')) STORED,
    KEY deals_updated (updated_at),
    KEY deals_owner_updated (owner_id, updated_at),
    KEY deals_created (created_at),
    KEY deals_owner_created (owner_id, created_at),
    KEY deals_name (name_sort),
    KEY deals_owner_name (owner_id, name_sort),
    KEY deals_amount (amount_sort),
    KEY deals_owner_amount (owner_id, amount_sort),
    KEY deals_expected (expected_sort),
    KEY deals_owner_expected (owner_id, expected_sort),
    -- Closed deals, most of all there are, lie before the open ones in the two keys above.
    KEY deals_status_expected (status, expected_sort),
    KEY deals_owner_status_expected (owner_id, status, expected_sort),
    KEY deals_closed (closed_sort),
    KEY deals_owner_closed (owner_id, closed_sort),
    KEY deals_next_task (next_task_sort),
    KEY deals_owner_next_task (owner_id, next_task_sort),
    KEY deals_last_activity (last_activity_sort),
    KEY deals_owner_last_activity (owner_id, last_activity_sort),
    KEY deals_customer (customer_id, updated_at),
    KEY deals_stage (stage_id, board_rank),
    KEY deals_owner_stage (owner_id, stage_id, board_rank),
    KEY deals_currency (currency, close_on),
    -- All that sums take, so that they read no deal.
    KEY deals_sums (stage_id, close_on, currency, status, deleted_at, owner_id, customer_id, own_probability, amount, amount_base),
    KEY deals_deleted (deleted_at)
);

-- Every stage a deal was ever in: permanent, because reports look back further than the change log.
CREATE TABLE deal_stage_history (
    id            BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    deal_id       BINARY(16)   NOT NULL,
    pipeline_id   BINARY(16)   NOT NULL,
    from_stage_id BINARY(16)   NULL,
    to_stage_id   BINARY(16)   NOT NULL,
    -- What the deal was worth on entering.
    amount        BIGINT       NULL,
    currency      CHAR(3)      CHARACTER SET ascii NOT NULL,
    reason        VARCHAR(500) NOT NULL,
    actor_id      BINARY(16)   NULL,
    entered_at    DATETIME(6)  NOT NULL,
    left_at       DATETIME(6)  NULL,
    KEY deal_stage_history_deal (deal_id, entered_at),
    KEY deal_stage_history_stage (to_stage_id, entered_at)
);
