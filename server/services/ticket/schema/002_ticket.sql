-- Time: working calendars, the clocks of each ticket, pauses, and what happens by itself when nothing happens.

-- Every edition of every region's calendar: a clock that has stopped is explained by the one it was counted by.
create table ticket.calendar (
    region text not null,
    version int not null,
    content jsonb not null,
    updated_by text not null,
    updated_at timestamptz not null,
    primary key (region, version)
);

-- One row per promise. The deadline is kept for lists and for whoever asks what is late; it can always be worked out
-- again from the history.
create table ticket.clock (
    ticket_id uuid not null references ticket.ticket,
    kind text not null check (kind in ('assign', 'accept', 'arrive', 'resolve')),
    target_minutes int not null check (target_minutes > 0),
    counting text not null check (counting in ('workingTime', 'always')),
    calendar_version int not null, -- 0: the calendar that a region without its own has
    due_at timestamptz, -- none: it stands still
    met_at timestamptz,
    stopped boolean not null, -- met or called off
    primary key (ticket_id, kind)
);

create table ticket.pause (
    id uuid primary key,
    ticket_id uuid not null references ticket.ticket,
    reason text not null check (reason in ('noShow', 'laterDay', 'access')),
    note text,
    started_at timestamptz not null,
    until_at timestamptz not null,
    ended_at timestamptz
);

create index pause_by_ticket on ticket.pause (ticket_id, started_at);
create unique index pause_one_at_a_time on ticket.pause (ticket_id) where ended_at is null;

alter table ticket.ticket
    add column paused text check (paused in ('noShow', 'laterDay', 'access')),
    add column paused_until timestamptz,
    add column stage_since timestamptz, -- when it came into its state, or its pause ended
    add column nudges int not null default 0, -- how often it was taken up again for being open too long
    add column silent_experts int not null default 0, -- in a row
    add column wake_at timestamptz; -- when its timer is set to
update ticket.ticket set stage_since = updated_at;
alter table ticket.ticket
    alter column stage_since set not null,
    add constraint ticket_pause_has_an_end check ((paused is null) = (paused_until is null));

-- Zero: from before these were told; such a plan promises arrival only.
alter table ticket.coverage
    add column assign_minutes int not null default 0,
    add column accept_minutes int not null default 0,
    add column resolve_minutes int not null default 0,
    add column counting text not null default 'workingTime' check (counting in ('workingTime', 'always'));

-- What has fired, so that it does not fire again.
create table ticket.escalation (
    ticket_id uuid not null references ticket.ticket,
    cause text not null, -- a clock, "unassigned" or "silent"
    level int not null,
    text text not null,
    at timestamptz not null,
    primary key (ticket_id, cause, level)
);

create table ticket.escalation_rules (
    one boolean primary key default true check (one),
    policy jsonb not null,
    updated_by text not null,
    updated_at timestamptz not null,
    version int not null
);

insert into ticket.escalation_rules (policy, updated_by, updated_at, version)
values (
    '{
        "unassignedMinutes": 30, "silentMinutes": 10, "cooldownMinutes": 30, "silentExperts": 3,
        "rules": [
            {"clock": "assign", "minutes": 0, "level": 1, "tell": ["manager"], "text": "Nobody has been found in time"},
            {"clock": "accept", "minutes": 0, "level": 1, "tell": ["manager"], "text": "Nobody has accepted in time"},
            {"clock": "arrive", "minutes": -30, "level": 1, "tell": ["expert", "manager"], "text": "The expert is due in half an hour"},
            {"clock": "arrive", "minutes": 0, "level": 2, "tell": ["customer", "manager"], "text": "The expert is late"},
            {"clock": "resolve", "minutes": -60, "level": 1, "tell": ["manager"], "text": "The repair is due in an hour"},
            {"clock": "resolve", "minutes": 0, "level": 2, "tell": ["manager"], "text": "The repair is late"},
            {"clock": "resolve", "minutes": 480, "level": 3, "tell": ["manager"], "text": "The repair is a working day late"}
        ]
    }', 'Sysops Squad', '2026-01-01T00:00:00Z', 1
);
