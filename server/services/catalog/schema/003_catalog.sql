-- The terms of a plan change by versions: who holds it keeps the version of the running period and takes the
-- one that is in force when the next begins.
create table catalog.plan_version (
    plan_id uuid not null references catalog.plan,
    version int not null check (version > 0),
    from_at timestamptz not null,
    name text not null,
    description text not null,
    price_minor bigint not null check (price_minor >= 0),
    categories text[] not null,
    visits_per_year int not null check (visits_per_year >= 0),
    assign_minutes int not null check (assign_minutes > 0),
    accept_minutes int not null check (accept_minutes > 0),
    arrive_minutes int not null check (arrive_minutes > 0),
    resolve_minutes int not null check (resolve_minutes > 0),
    counting text not null check (counting in ('workingTime', 'always')),
    priority text not null check (priority in ('low', 'normal', 'high', 'urgent')),
    made_by uuid, -- null: it came with the installation
    made_at timestamptz not null,
    primary key (plan_id, version)
);

insert into catalog.plan_version
select id, 1, '1970-01-01Z', name, description, price_minor, categories, visits_per_year,
    assign_minutes, accept_minutes, arrive_minutes, resolve_minutes, counting, priority, null, '1970-01-01Z'
from catalog.plan;

alter table catalog.plan
    drop column name, drop column description, drop column price_minor, drop column categories,
    drop column visits_per_year, drop column assign_minutes, drop column accept_minutes,
    drop column arrive_minutes, drop column resolve_minutes, drop column counting, drop column priority,
    add column version int not null default 1, -- the newest
    add column is_on_sale boolean not null default true;

-- A plan is held period by period. What was bought before there were periods has none: it covers, and is not
-- billed.
alter table catalog.subscription
    drop constraint subscription_state_check,
    add constraint subscription_state_check check (state in ('pending', 'active', 'paused', 'cancelled')),
    add column plan_version int not null default 1,
    add column periods int not null default 0, -- how many were billed
    add column dates jsonb, -- a Recurrence: when periods begin, in the customer's zone
    add column period_from timestamptz,
    add column period_until timestamptz,
    add column at_period_end text not null default 'renew'
        check (at_period_end in ('renew', 'change', 'pause', 'cancel')),
    add column next_plan_id uuid references catalog.plan,
    add column is_overdue boolean not null default false,
    add constraint subscription_plan_version foreign key (plan_id, plan_version) references catalog.plan_version,
    add constraint subscription_change_names_its_plan check ((at_period_end = 'change') = (next_plan_id is not null)),
    add constraint subscription_period_is_whole check ((period_from is null) = (period_until is null));
alter table catalog.subscription alter column plan_version drop default;

drop index catalog.subscription_one_per_plan;
create unique index subscription_one_per_plan on catalog.subscription (customer_id, plan_id) where state <> 'cancelled';
create index subscription_by_plan on catalog.subscription (plan_id) where state <> 'cancelled';

insert into bus.publisher (role, type) values
    ('squad_catalog', 'timer.set'),
    ('squad_catalog', 'timer.cancel')
on conflict do nothing;
