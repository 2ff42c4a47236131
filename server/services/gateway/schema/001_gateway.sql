-- Accounts, their sessions and tokens, regions, and the record of what matters for security.

create table gateway.account (
    id uuid primary key,
    email text not null constraint account_email_is_unique unique,
    password_hash text not null,
    role text not null check (role in ('customer', 'expert', 'manager', 'admin')),
    name text not null,
    created_at timestamptz not null,
    version int not null default 1
);

create table gateway.session (
    id uuid primary key,
    account_id uuid not null references gateway.account,
    device text not null,
    address text not null,
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    ended_at timestamptz,
    end_reason text
);

create index session_by_account on gateway.session (account_id) where ended_at is null;
-- What every node keeps in memory: the sessions that ended so lately that an access token may still be out.
create index session_ended on gateway.session (ended_at) where ended_at is not null;

-- Only the SHA-256 of a token is kept: a copy of this table signs nobody in.
create table gateway.refresh_token (
    hash bytea primary key,
    session_id uuid not null references gateway.session,
    issued_at timestamptz not null,
    used_at timestamptz
);

create index refresh_token_by_session on gateway.refresh_token (session_id);

-- Keys that access tokens are signed with. The newest signs, all of them verify.
create table gateway.signing_key (
    id int primary key,
    key bytea not null check (length(key) = 32),
    created_at timestamptz not null default now()
);

create table gateway.region (
    id text primary key,
    name text not null,
    time_zone text not null,
    route text not null default 'new' check (route in ('legacy', 'migrating', 'new'))
);

-- Where a ZIP code lies: by its first three digits, or by all five where an operator's full table is loaded.
create table gateway.place (
    zip text primary key check (zip ~ '^[0-9]{3}([0-9]{2})?$'),
    region text not null references gateway.region,
    time_zone text not null,
    name text not null,
    us_state text not null,
    lat float8 not null,
    lon float8 not null
);

create table gateway.audit (
    id uuid primary key,
    at timestamptz not null,
    account_id uuid,
    action text not null,
    address text not null,
    detail text not null
);

create index audit_by_account on gateway.audit (account_id, id desc);
