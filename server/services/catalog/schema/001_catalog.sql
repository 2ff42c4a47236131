-- What is sold and repaired, and the plans that customers hold.

create table catalog.skill (
    id text primary key,
    name text not null
);

create table catalog.category (
    id text primary key,
    name text not null,
    skill text not null references catalog.skill,
    minutes int not null check (minutes between 1 and 1440)
);

create table catalog.product (
    id uuid primary key,
    sku text not null constraint product_sku_is_unique unique,
    name text not null,
    maker text not null,
    category text not null references catalog.category
);

create table catalog.plan (
    id uuid primary key,
    slug text not null constraint plan_slug_is_unique unique,
    name text not null,
    description text not null,
    price_minor bigint not null check (price_minor >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    period text not null check (period in ('month', 'year')),
    categories text[] not null,
    visits_per_year int not null check (visits_per_year >= 0),
    assign_minutes int not null check (assign_minutes > 0),
    accept_minutes int not null check (accept_minutes > 0),
    arrive_minutes int not null check (arrive_minutes > 0),
    resolve_minutes int not null check (resolve_minutes > 0),
    priority text not null check (priority in ('low', 'normal', 'high', 'urgent')),
    place int not null -- in the list a customer chooses from
);

create table catalog.subscription (
    id uuid primary key,
    customer_id uuid not null,
    plan_id uuid not null references catalog.plan,
    state text not null check (state in ('active', 'cancelled')),
    started_at timestamptz not null,
    cancelled_at timestamptz,
    version int not null default 1
);

create index subscription_by_customer on catalog.subscription (customer_id, id desc);
-- Buying the same plan twice is a double click, not a wish.
create unique index subscription_one_per_plan on catalog.subscription (customer_id, plan_id) where state = 'active';
