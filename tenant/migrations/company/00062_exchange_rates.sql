-- +goose NO TRANSACTION
-- +goose Up
-- How much of the company's currency one unit of another was worth from a day on.
CREATE TABLE exchange_rates (
    id         BINARY(16)     NOT NULL PRIMARY KEY,
    currency   CHAR(3)        CHARACTER SET ascii NOT NULL,
    valid_from DATE           NOT NULL,
    rate       DECIMAL(19,12) NOT NULL,
    version    BIGINT         NOT NULL,
    created_by BINARY(16)     NULL,
    created_at DATETIME(6)    NOT NULL,
    updated_at DATETIME(6)    NOT NULL,
    UNIQUE KEY exchange_rates_currency (currency, valid_from),
    KEY exchange_rates_day (valid_from)
);
