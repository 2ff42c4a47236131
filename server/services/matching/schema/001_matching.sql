-- What matching knows of experts and waiting tickets, and every choice it made. A projection of what user and ticket tell:
-- it can be rebuilt from the event log, except for the decisions, which are the record.

create table matching.expert (
    id uuid primary key,
    snapshot jsonb not null, -- as the user service described the expert last
    state text not null check (state in ('free', 'reserved', 'busy')),
    ticket_id uuid, -- which one it is reserved for or busy with
    jobs_day date, -- the expert's local day that jobs_today counts
    jobs_today int not null default 0,
    constraint expert_state_has_ticket check ((state = 'free') = (ticket_id is null))
);

create table matching.waiting (
    ticket_id uuid primary key,
    summary jsonb not null,
    job jsonb not null,
    skill text not null,
    zip text not null,
    since timestamptz not null,
    next_try timestamptz, -- when somebody's working hours begin
    proposed boolean not null default false, -- an expert is reserved for it and the ticket service has not answered yet
    decision_id uuid, -- the last one, when nobody fitted
    trace_id text not null -- of the request that opened it
);

create index waiting_by_place on matching.waiting (skill, zip) where not proposed;
create index waiting_due on matching.waiting (next_try) where not proposed and next_try is not null;

create table matching.exclusion (
    ticket_id uuid not null,
    expert_id uuid not null,
    until timestamptz, -- none: for good
    primary key (ticket_id, expert_id)
);

create table matching.decision (
    id uuid primary key,
    ticket_id uuid not null,
    round int not null,
    at timestamptz not null,
    strategy text not null,
    outcome text not null check (outcome in ('proposed', 'assigned', 'refused', 'nobody')),
    expert_id uuid,
    summary text not null,
    considered int not null,
    candidates jsonb not null
);

create index decision_by_ticket on matching.decision (ticket_id, id desc);

-- Which node's memory is up to date with these tables: the one that wrote last.
create table matching.owner (
    one boolean primary key default true check (one),
    node uuid not null
);
insert into matching.owner (node) values ('00000000-0000-0000-0000-000000000000');
