-- Experts and customers as people. Two components that share a schema and nothing else: no statement reads both.

create table users.expert (
    id uuid primary key, -- of the account
    name text not null,
    email text not null constraint expert_email_is_unique unique,
    phone text not null,
    skills jsonb not null, -- [{"skill": "tv", "level": 3}]
    areas text[] not null, -- ZIP codes or their first three digits
    time_zone text not null,
    shifts jsonb not null, -- [{"weekday": 1, "fromMinute": 480, "toMinute": 1020}]
    lat float8,
    lon float8,
    availability text not null check (availability in ('available', 'offDuty')),
    version int not null default 1,
    constraint expert_position_is_whole check ((lat is null) = (lon is null))
);

create index expert_by_name on users.expert (name, id);

create table users.customer (
    id uuid primary key, -- of the account
    email text not null,
    name text not null,
    phone text,
    address jsonb,
    created_at timestamptz not null,
    version int not null default 1
);

create index customer_by_name on users.customer (name, id);
create index customer_by_email on users.customer (email text_pattern_ops);
