-- What the payment vendor did for us, as our books have it, to be compared with the vendor's own list. The times are
-- the world's, since the vendor knows no other.
create table billing.vendor_booking (
    kind text not null check (kind in ('charge', 'refund')),
    vendor_ref text not null,
    invoice_id uuid not null references billing.invoice,
    amount_minor bigint not null,
    currency text not null,
    booked_at timestamptz not null default clock_timestamp(),
    primary key (kind, vendor_ref)
);
create index vendor_booking_by_time on billing.vendor_booking (booked_at);

create table billing.vendor_audit (
    place int primary key check (place = 1),
    compared_until timestamptz, -- everything before agrees or is listed
    compared_at timestamptz,
    leased_until timestamptz -- by the node that is comparing
);
insert into billing.vendor_audit values (1);

create table billing.vendor_difference (
    kind text not null check (kind in
        ('unknownCharge', 'missingCharge', 'chargeAmount', 'chargedTwice', 'unknownRefund', 'missingRefund', 'refundAmount')),
    vendor_ref text not null,
    invoice_id uuid,
    ours_minor bigint not null,
    theirs_minor bigint not null,
    currency text not null,
    at timestamptz not null, -- of what it is about
    found_at timestamptz not null,
    gone_at timestamptz, -- no comparison finds it any more
    primary key (kind, vendor_ref)
);
create index vendor_difference_open on billing.vendor_difference (at) where gone_at is null;
create index vendor_difference_by_time on billing.vendor_difference (found_at);
