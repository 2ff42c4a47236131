-- Every time a vendor was asked to carry a message. Written before the vendor is asked, so that what a crash leaves
-- behind is seen.
create table notification.attempt (
    message_id uuid not null references notification.message,
    number int not null check (number > 0),
    channel text not null,
    vendor text not null,
    asked_at timestamptz not null, -- by the world's clock, in which the vendor lives
    ended_at timestamptz,
    outcome text check (outcome in ('sent', 'refused', 'later', 'away', 'unknown')),
    detail text,
    primary key (message_id, number),
    constraint attempt_ends_with_an_outcome check ((ended_at is null) = (outcome is null))
);
create index attempt_by_time on notification.attempt (asked_at);
create index message_expiring on notification.message (expires_at) where state = 'waiting';
