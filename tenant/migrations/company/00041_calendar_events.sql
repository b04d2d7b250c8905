-- +goose NO TRANSACTION
-- +goose Up
CREATE TABLE calendar_events (
    id             BINARY(16)   NOT NULL PRIMARY KEY,
    -- What calendar programs know it by: the UID stays for ever, the sequence rises with every change.
    uid            VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
    sequence       INT          NOT NULL,
    title          VARCHAR(300) NOT NULL,
    description    TEXT         NOT NULL,
    place          VARCHAR(500) NOT NULL,
    kind           VARCHAR(16)  CHARACTER SET ascii NOT NULL,
    colour         VARCHAR(8)   CHARACTER SET ascii NOT NULL,
    private        TINYINT      NOT NULL,
    -- The truth about its time is what clocks in its zone show, because that is what people agreed on; the instants
    -- are reckoned from it. until_at is when the last of a series is over.
    all_day        TINYINT      NOT NULL,
    time_zone      VARCHAR(64)  CHARACTER SET ascii NOT NULL,
    starts_local   DATETIME     NOT NULL,
    seconds        INT          NOT NULL,
    starts_at      DATETIME(6)  NOT NULL,
    ends_at        DATETIME(6)  NOT NULL,
    until_at       DATETIME(6)  NOT NULL,
    rrule          VARCHAR(500) CHARACTER SET ascii NULL,
    dates          JSON         NOT NULL,
    except_dates   JSON         NOT NULL,
    -- An occurrence that was changed is an event of its own: of which series, and the time or day at which that has it.
    series_id      BINARY(16)   NULL,
    occurrence     VARCHAR(24)  CHARACTER SET ascii NULL,
    organizer_id   BINARY(16)   NOT NULL,
    guests         JSON         NOT NULL,
    customer_id    BINARY(16)   NULL,
    interaction_id BINARY(16)   NULL,
    -- Properties of iCalendar that this product does not know, as a calendar program sent them.
    ics_extra      MEDIUMTEXT   NULL,
    version        BIGINT       NOT NULL,
    created_by     BINARY(16)   NULL,
    created_at     DATETIME(6)  NOT NULL,
    updated_at     DATETIME(6)  NOT NULL,
    deleted_at     DATETIME(6)  NULL,
    KEY calendar_events_series (series_id, occurrence),
    KEY calendar_events_uid (uid),
    KEY calendar_events_starts (starts_at),
    KEY calendar_events_until (until_at, starts_at),
    KEY calendar_events_updated (updated_at),
    KEY calendar_events_customer (customer_id, starts_at),
    KEY calendar_events_deleted (deleted_at)
);

-- The organiser and the members who are invited. The times are the event's, so that a member's calendar is read from
-- one index.
CREATE TABLE calendar_participants (
    event_id     BINARY(16)  NOT NULL,
    member_id    BINARY(16)  NOT NULL,
    organizer    TINYINT     NOT NULL,
    response     VARCHAR(12) CHARACTER SET ascii NOT NULL,
    responded_at DATETIME(6) NULL,
    starts_at    DATETIME(6) NOT NULL,
    until_at     DATETIME(6) NOT NULL,
    PRIMARY KEY (event_id, member_id),
    KEY calendar_participants_member (member_id, until_at, starts_at, event_id)
);
