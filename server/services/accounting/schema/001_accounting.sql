-- Books of all tickets, kept from what the ticket service publishes and from nothing else, so that they are a second
-- witness: what they say is compared with what each service holds.

-- One row per ticket that any event ever told of.
create table accounting.ticket (
    id uuid primary key,
    number text not null,
    region text not null,
    place text not null check (place in
        ('open', 'waiting', 'assigned', 'accepted', 'enRoute', 'inProgress', 'completed', 'closed', 'cancelled')),
    round int not null,
    version int not null,
    expert_id uuid,
    told_at timestamptz not null -- when the last event about it was published, by the bus's clock
) with (fillfactor = 80); -- a ticket's row changes a handful of times: in place

-- The same, counted, kept up to date in the transaction that changes a row above: nobody ever counts a million rows for a
-- page. 'created' counts the rows themselves.
create table accounting.tally (
    region text not null,
    place text not null,
    tickets bigint not null,
    primary key (region, place)
) with (fillfactor = 20);

-- What disagrees, or seems to: a suspicion until it is confirmed.
create table accounting.difference (
    ticket_id uuid not null,
    kind text not null,
    evidence text not null, -- what each source says; a suspicion starts anew when that changes
    sources text[] not null,
    number text,
    region text,
    place text, -- where the books, or else the ticket service, have it
    first_seen timestamptz not null,
    watched_since timestamptz not null, -- in its present form
    -- When what is suspected now was seen, by the bus's clock: consumers that have read past it cannot be waiting for the
    -- news any more.
    raised_at timestamptz not null default clock_timestamp(),
    sightings int not null default 1, -- of the same evidence, each after the consumers had read past the one before
    confirmed_at timestamptz,
    attempts int not null default 0,
    gave_up boolean not null default false,
    primary key (ticket_id, kind)
);

create index difference_confirmed on accounting.difference (first_seen) where confirmed_at is not null;

-- What was done about it.
create table accounting.repair (
    id uuid primary key,
    ticket_id uuid, -- none: a total was corrected
    number text,
    kind text not null,
    action text not null,
    at timestamptz not null,
    helped boolean not null default false
);

create index repair_by_ticket on accounting.repair (ticket_id, kind, at);

-- How far each look over the tickets has come: it goes round and round, a bounded piece at a time.
create table accounting.lane (
    name text primary key,
    position uuid not null default '00000000-0000-0000-0000-000000000000',
    checked bigint not null default 0, -- in this round
    rounds bigint not null default 0,
    started_at timestamptz not null, -- this round
    completed_at timestamptz -- the last round that came to its end
);

create table accounting.look (
    one boolean primary key default true check (one),
    number bigint not null default 0,
    at timestamptz -- of the last one
);
insert into accounting.look default values;

-- What the last look found wrong with the machinery.
create table accounting.alarm (
    name text primary key,
    text text not null,
    since timestamptz not null
);

-- The one command that is given from here: to let go of a ticket that does not exist.
insert into bus.publisher values ('squad_accounting', 'matching.forget_ticket');
