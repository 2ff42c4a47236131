-- The devices that customers own. One device has one owner; whoever sells it takes it off the list.
create table catalog.device (
    id uuid primary key,
    customer_id uuid not null,
    product_id uuid not null references catalog.product,
    serial_number text not null, -- as it was typed
    serial_key text not null check (serial_key <> ''), -- what all spellings of it have in common
    nickname text not null,
    registered_at timestamptz not null,
    registered_by uuid not null,
    removed_at timestamptz
);

create unique index device_one_owner on catalog.device (product_id, serial_key) where removed_at is null;
create index device_by_customer on catalog.device (customer_id, id) where removed_at is null;
-- A caller reads the first characters out.
create index device_by_serial on catalog.device (serial_key text_pattern_ops) where removed_at is null;
