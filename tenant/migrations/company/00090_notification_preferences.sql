-- +goose NO TRANSACTION
-- +goose Up
-- How members want to be told. Who has no row has chosen nothing.
CREATE TABLE notification_preferences (
    member_id     BINARY(16)  NOT NULL PRIMARY KEY,
    -- The channels chosen, by kind of notice; kinds that are not in it have their usual ones.
    channels      JSON        NOT NULL,
    -- Clock times in the member's zone, as 22:00; empty for no quiet hours.
    quiet_from    VARCHAR(5)  CHARACTER SET ascii NOT NULL,
    quiet_until   VARCHAR(5)  CHARACTER SET ascii NOT NULL,
    urgent_passes TINYINT     NOT NULL,
    digest_hour   TINYINT     NULL,
    digested_at   DATETIME(6) NULL,
    updated_at    DATETIME(6) NOT NULL,
    KEY notification_preferences_digest (digest_hour)
);
