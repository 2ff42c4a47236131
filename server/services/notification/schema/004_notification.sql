-- What a vendor tells of a message after having taken it, which is more than its answer to us: whoever tells it proves
-- that it has the message. The furthest counts, in whatever order they come.
alter table notification.message
    add delivery text check (delivery in ('accepted', 'sent', 'undelivered', 'delivered')),
    add delivery_at timestamptz,
    add constraint message_delivery_has_a_time check ((delivery is null) = (delivery_at is null));

-- The vendor's name for the message.
alter table notification.attempt add vendor_ref text;
