-- Cards, what is charged to them, and what the vendor was asked.
--
-- A card's number is here only until the vendor has given a token for it: sealed under a key of its own, which is wrapped
-- by a master key that is not in the database. Old versions of a row, the log and backups may still hold a wrapped key
-- that was destroyed; they open nothing once the master key has been rotated and its old version thrown away.

create table payment.customer (
    account_id uuid primary key,
    vendor_customer text not null
);

create table payment.card (
    id uuid primary key,
    account_id uuid not null,
    last4 text not null check (last4 ~ '^[0-9]{4}$'),
    brand text not null,
    exp_month int not null check (exp_month between 1 and 12),
    exp_year int not null,
    is_default boolean not null,
    vendor_method text, -- the vendor's token …
    number bytea, -- … and until there is one, the sealed number
    wrapped_key bytea,
    key_version int,
    created_at timestamptz not null,
    removed_at timestamptz,
    constraint card_has_one_secret check (num_nonnulls(vendor_method, number) <= 1),
    constraint card_key_goes_with_number check (num_nonnulls(number, wrapped_key, key_version) in (0, 3)),
    constraint card_removed_is_empty check (removed_at is null or num_nonnulls(vendor_method, number) = 0)
);

create index card_by_account on payment.card (account_id) where removed_at is null;
create unique index card_one_default on payment.card (account_id) where is_default and removed_at is null;
create index card_by_key on payment.card (key_version, id) where wrapped_key is not null;

-- What was done with the number of a card, by whom and why. A row is committed before the number is opened.
create table payment.audit (
    id uuid primary key,
    at timestamptz not null,
    card_id uuid not null,
    actor text not null,
    action text not null check (action in ('sealed', 'opened', 'rewrapped', 'tokenised', 'destroyed')),
    why text not null,
    trace_id text not null
);

create index audit_by_card on payment.audit (card_id, id);
revoke update, delete, truncate on payment.audit from squad_payment;

-- Money on its way, in either direction: what a command asked for, and how far the vendor has got with it. The row is
-- committed before the vendor is asked, under a key that is derived from `id`, which is derived from the command.
create table payment.transfer (
    id uuid primary key,
    kind text not null check (kind in ('charge', 'refund')),
    invoice_id uuid not null,
    attempt int not null, -- 0 for a refund
    customer_id uuid not null,
    amount_minor bigint not null check (amount_minor > 0),
    amount_currency text not null,
    note text not null,
    state text not null default 'pending' check (state in ('pending', 'asking', 'done', 'declined')),
    -- How the vendor was asked. Once set it stays: asking again must be word for word the same.
    card_id uuid,
    card_last4 text,
    vendor_customer text,
    vendor_method text,
    charge_ref text, -- of a refund: what it gives back of
    asked_at timestamptz, -- first
    -- What it said.
    vendor_ref text,
    code text,
    reason text,
    hard boolean,
    tries int not null default 0,
    trouble text, -- the last answer that was none
    -- When to look again, and until when some node is at it; by the world's clock, as the vendor lives in it.
    next_at timestamptz not null,
    leased_until timestamptz,
    created_at timestamptz not null,
    settled_at timestamptz,
    trace_id text not null,
    constraint transfer_settled check ((settled_at is null) = (state in ('pending', 'asking')))
);

create index transfer_due on payment.transfer (next_at) where settled_at is null;
create index transfer_look on payment.transfer (greatest(next_at, leased_until)) where settled_at is null;
create unique index transfer_attempt on payment.transfer (invoice_id, attempt) where kind = 'charge';
-- The last line of defence: an invoice is paid once.
create unique index transfer_paid_once on payment.transfer (invoice_id) where kind = 'charge' and state = 'done';
create index transfer_of_invoice on payment.transfer (invoice_id);

-- Webhooks that were taken in, so that a second one is known for what it is.
create table payment.webhook (
    id text primary key,
    at timestamptz not null
);
create index webhook_at on payment.webhook (at);

-- Who may ask for money: see payment_events.h.
insert into bus.publisher (role, type) values
    ('squad_billing', 'payment.charge'),
    ('squad_billing', 'payment.refund'),
    ('squad_catalog', 'payment.charge');
