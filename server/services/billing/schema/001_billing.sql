-- What customers owe and have paid.
--
-- Amounts are minor units. A period of a subscription has one invoice, an invoice has one number, and every change of
-- what is owed or paid is a set of entries in the ledger whose sum is zero. Entries are never changed.

create table billing.subscription (
    id uuid primary key,
    customer_id uuid not null,
    plan_name text not null,
    price_minor bigint not null check (price_minor >= 0),
    price_currency text not null check (price_currency ~ '^[A-Z]{3}$'),
    tax_basis_points int not null check (tax_basis_points between 0 and 10000),
    billing_dates jsonb not null, -- a Recurrence: the day it was bought on, in the customer's zone
    billed_until timestamptz not null, -- the next bill date, to which its timer is set
    ended_at timestamptz
);

create index subscription_by_customer on billing.subscription (customer_id);

-- The last number given out. The row is locked until the invoice that bears the number is committed: no gaps.
create table billing.counter (
    name text primary key,
    last bigint not null
);
insert into billing.counter values ('invoice', 100000);

create table billing.invoice (
    id uuid primary key,
    number bigint not null constraint invoice_number_is_unique unique,
    subscription_id uuid not null references billing.subscription,
    customer_id uuid not null,
    text text not null,
    from_at timestamptz not null,
    until_at timestamptz not null,
    net_minor bigint not null check (net_minor >= 0),
    tax_minor bigint not null check (tax_minor >= 0),
    currency text not null,
    state text not null check (state in ('open', 'paid', 'uncollectible')),
    attempt int not null default 0, -- how often it was tried to collect it
    is_asking boolean not null default false, -- the last attempt has no outcome yet
    needs_card boolean not null default false, -- the card was refused for good: another try wants another one
    has_new_card boolean not null default false, -- … which came while the last attempt was under way
    issued_at timestamptz not null,
    paid_at timestamptz,
    card_last4 text,
    trouble text, -- why the last attempt failed, for the customer
    refunded_minor bigint not null default 0,
    constraint invoice_is_refunded_once check (refunded_minor between 0 and net_minor + tax_minor),
    constraint invoice_one_per_period unique (subscription_id, from_at)
);

create index invoice_by_customer on billing.invoice (customer_id, number desc);
create index invoice_open on billing.invoice (customer_id) where state = 'open';

create table billing.refund (
    id uuid primary key,
    invoice_id uuid not null references billing.invoice,
    amount_minor bigint not null check (amount_minor > 0),
    reason text not null check (reason <> ''),
    asked_by uuid not null,
    asked_at timestamptz not null,
    state text not null check (state in ('asked', 'done', 'refused')),
    trouble text
);

create index refund_by_invoice on billing.refund (invoice_id);

-- What happens while an invoice stays unpaid. Data: rows may be changed, the last one ends the plan.
create table billing.dunning_step (
    place int primary key,
    after_days int not null check (after_days between 0 and 365), -- since the first refusal
    standing text not null check (standing in ('warned', 'restricted', 'suspended', 'cancelled')),
    retries boolean not null -- whether collecting is tried again then
);
insert into billing.dunning_step values
    (1, 0, 'warned', false),
    (2, 3, 'warned', true),
    (3, 7, 'restricted', true),
    (4, 14, 'suspended', true),
    (5, 21, 'cancelled', false);

create table billing.dunning (
    invoice_id uuid primary key references billing.invoice,
    since timestamptz not null,
    place int not null, -- the last step taken
    next_at timestamptz -- to which its timer is set
);

create table billing.tax_rate (
    us_state text primary key check (us_state ~ '^[A-Z]{2}$'),
    basis_points int not null check (basis_points between 0 and 10000)
);

-- Double entry: debits positive, credits negative.
create table billing.entry (
    transaction_id uuid not null,
    account text not null check (account in ('receivable', 'revenue', 'tax', 'vendor', 'lost')),
    amount_minor bigint not null check (amount_minor <> 0),
    currency text not null,
    customer_id uuid not null,
    invoice_id uuid not null references billing.invoice,
    reason text not null check (reason in ('issued', 'paid', 'refunded', 'written_off')),
    at timestamptz not null,
    primary key (transaction_id, account)
);

create index entry_by_customer on billing.entry (customer_id, at);
create index entry_by_invoice on billing.entry (invoice_id);

create function billing.check_balance() returns trigger
    language plpgsql
as $$
begin
    if exists (
        select from billing.entry e where e.transaction_id = new.transaction_id
        group by e.currency having sum(e.amount_minor) <> 0
    ) then
        raise exception 'the entries of % do not balance', new.transaction_id using errcode = 'check_violation';
    end if;
    return null;
end
$$;

create constraint trigger entry_balances after insert on billing.entry
    deferrable initially deferred for each row execute function billing.check_balance();

revoke update, delete, truncate on billing.entry from squad_billing;

insert into bus.publisher (role, type) values
    ('squad_billing', 'catalog.end_subscription'),
    ('squad_billing', 'timer.set'),
    ('squad_billing', 'timer.cancel')
on conflict do nothing;
