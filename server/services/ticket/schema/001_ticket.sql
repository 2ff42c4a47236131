-- Tickets, their visits, their history, and what the ticket service knows of its customers' plans.
-- Names are spelled out here on purpose: a later rename in the code must not change history.

create sequence ticket.number_seq start 100001;

create table ticket.ticket (
    id uuid primary key,
    number bigint not null default nextval('ticket.number_seq') constraint ticket_number_is_unique unique,
    customer_id uuid not null,
    filed_by uuid not null,
    product_id uuid not null,
    product_name text not null,
    category text not null,
    skill text not null,
    minutes int not null check (minutes > 0),
    priority text not null check (priority in ('low', 'normal', 'high', 'urgent')),
    subject text not null,
    description text not null,
    serial_number text,
    contact_name text not null,
    contact_phone text not null,
    line1 text not null,
    line2 text,
    city text not null,
    us_state text not null,
    zip text not null check (zip ~ '^[0-9]{5}$'),
    region text not null,
    time_zone text not null,
    lat float8,
    lon float8,
    state text not null
        check (state in ('open', 'assigned', 'accepted', 'enRoute', 'inProgress', 'completed', 'closed', 'cancelled')),
    escalation int not null default 0 check (escalation >= 0),
    coverage text not null check (coverage in ('covered', 'notCovered', 'unknown')),
    round int not null default 1 check (round > 0),
    expert_id uuid,
    expert_name text,
    waiting_for text,
    resolution text,
    arrive_by timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    completed_at timestamptz,
    version int not null default 1,
    -- A ticket in an expert's hands names the expert; one that waits names nobody.
    constraint ticket_expert_fits_state check (
        case
            when state in ('assigned', 'accepted', 'enRoute', 'inProgress') then expert_id is not null
            when state = 'open' then expert_id is null
            else true
        end
    ),
    constraint ticket_expert_has_name check ((expert_id is null) = (expert_name is null))
);

-- Ids are UUIDv7, so descending id is newest first: one index serves order and keyset paging of each list.
create index ticket_by_customer on ticket.ticket (customer_id, id desc);
create index ticket_by_state on ticket.ticket (state, id desc);
create index ticket_active on ticket.ticket (id desc) where state not in ('completed', 'closed', 'cancelled');
create index ticket_by_region on ticket.ticket (region, id desc);
create index ticket_coverage_unknown on ticket.ticket (customer_id) where coverage = 'unknown';

create table ticket.visit (
    id uuid primary key,
    ticket_id uuid not null references ticket.ticket,
    expert_id uuid not null,
    expert_name text not null,
    state text not null
        check (state in ('assigned', 'accepted', 'enRoute', 'inProgress', 'done', 'rejected', 'withdrawn')),
    assigned_at timestamptz not null,
    accepted_at timestamptz,
    departed_at timestamptz,
    arrived_at timestamptz,
    ended_at timestamptz,
    note text
);

create index visit_by_ticket on ticket.visit (ticket_id, id);
create index visit_by_expert on ticket.visit (expert_id, ticket_id desc);
-- The last word on double booking: whatever matching, managers and retries do, one expert has one job at a time.
create unique index visit_one_per_expert on ticket.visit (expert_id)
    where state in ('assigned', 'accepted', 'enRoute', 'inProgress');
create unique index visit_one_per_ticket on ticket.visit (ticket_id)
    where state in ('assigned', 'accepted', 'enRoute', 'inProgress');

create table ticket.change (
    ticket_id uuid not null references ticket.ticket,
    version int not null,
    from_state text,
    to_state text not null,
    action text not null,
    actor_id uuid,
    actor text not null,
    actor_role text,
    reason text,
    at timestamptz not null,
    primary key (ticket_id, version)
);

create table ticket.comment (
    id uuid primary key,
    ticket_id uuid not null references ticket.ticket,
    author_id uuid not null,
    author text not null,
    author_role text not null,
    text text not null,
    at timestamptz not null
);

create index comment_by_ticket on ticket.comment (ticket_id, id);

-- What catalog told about the plans that customers hold, so that intake asks nobody else.
create table ticket.coverage (
    subscription_id uuid primary key,
    customer_id uuid not null,
    categories text[] not null,
    priority text not null,
    arrive_minutes int not null,
    active boolean not null
);

create index coverage_by_customer on ticket.coverage (customer_id) where active;
