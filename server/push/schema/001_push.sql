-- What was pushed to whom, kept for a while, so that a client that was away says what it saw last and misses nothing.
--
-- There is one numbering for everybody, and whoever appends holds the row of push.head until the commit: numbers become
-- visible in their order and without a hole. So "after 17" is complete at any moment, the feeds of several audiences merge
-- by number, and a node can tell from a number alone whether it has missed one.

create table push.head (
    one boolean primary key default true constraint head_is_one_row check (one),
    seq bigint not null
) with (fillfactor = 20);
insert into push.head (seq) values (0);

create table push.feed (
    seq bigint primary key,
    audience text not null, -- an account's id, or the name of a role's common feed
    type text not null,
    at timestamptz not null,
    payload jsonb not null
);

create index feed_audience on push.feed (audience, seq);

-- What is no longer kept: of everybody's feed, and of the feeds whose owners have acknowledged more than that.
create table push.horizon (
    one boolean primary key default true constraint horizon_is_one_row check (one),
    seq bigint not null
);
insert into push.horizon (seq) values (0);

create table push.reader (
    audience text primary key,
    acknowledged bigint not null,
    trimmed bigint not null default 0,
    seen_at timestamptz not null default now()
);

create index reader_seen on push.reader (seen_at);
