-- How transfers are taken, prepared and settled, with plans that are pinned: plans are kept for as long as a connection,
-- and one that was made when the table was empty would read all of it for each turn of a month's end. For the same reason
-- a row that is looked for by its id is never described in the words of a partial index: to an empty table's plan, reading
-- all of that index is as good as one look at the key.

alter table payment.transfer set (
    -- Settled rows leave dead entries at the very front of transfer_due, where every look begins.
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);

-- A later attempt waits until an earlier one has ended: two that are both under way could both succeed. "Offset 0" keeps a
-- condition what it is, one look into an index for each row, and never a join with the whole table.
create function payment.claim(p_now timestamptz, p_lease_until timestamptz, p_limit int) returns setof payment.transfer
    language plpgsql volatile
    set enable_seqscan = off
    set enable_bitmapscan = off
    set enable_sort = off
    set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    with due as materialized (
        select t.ctid as place
        from payment.transfer t
        where t.settled_at is null and t.next_at <= p_now and (t.leased_until is null or t.leased_until <= p_now)
            and (t.kind <> 'charge' or not exists (
                select from payment.transfer earlier
                where earlier.invoice_id = t.invoice_id and earlier.kind = 'charge' and earlier.attempt < t.attempt
                    and earlier.settled_at is null
                offset 0
            ))
        order by t.next_at
        limit p_limit
        for update skip locked
    )
    update payment.transfer t set leased_until = p_lease_until, tries = t.tries + 1
    where t.ctid = any (array(select d.place from due d))
    returning t.*;
end
$$;

create function payment.prepare_charges(p_ids uuid[], p_now timestamptz) returns setof payment.transfer
    language plpgsql volatile
    set enable_seqscan = off
    set enable_bitmapscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    update payment.transfer t set state = 'asking', asked_at = p_now, card_id = c.id, card_last4 = c.last4,
        vendor_customer = v.vendor_customer, vendor_method = c.vendor_method
    from payment.card c join payment.customer v on v.account_id = c.account_id
    where t.id = any (p_ids) and t.attempt > 0 and t.state = 'pending' and c.account_id = t.customer_id
        and c.is_default and c.removed_at is null and c.vendor_method is not null
        and not exists (
            select from payment.transfer paid
            where paid.invoice_id = t.invoice_id and paid.kind = 'charge' and paid.state = 'done'
            offset 0
        )
    returning t.*;
end
$$;

-- Answers those that were open until now.
create function payment.settle(
    p_ids uuid[], p_states text[], p_refs text[], p_codes text[], p_reasons text[], p_hards bool[], p_at timestamptz
) returns setof payment.transfer
    language plpgsql volatile
    set enable_seqscan = off
    set enable_bitmapscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    update payment.transfer t set state = s.state, vendor_ref = coalesce(nullif(s.ref, ''), t.vendor_ref),
        code = nullif(s.code, ''), reason = nullif(s.reason, ''), hard = s.hard, settled_at = p_at,
        leased_until = null, trouble = null
    from unnest(p_ids, p_states, p_refs, p_codes, p_reasons, p_hards) s (id, state, ref, code, reason, hard)
    where t.id = s.id and coalesce(t.settled_at, 'infinity') = 'infinity'
    returning t.*;
end
$$;

create function payment.postpone(
    p_ids uuid[], p_next timestamptz[], p_refs text[], p_troubles text[], p_unheard bool[], p_now timestamptz
) returns void
    language plpgsql volatile
    set enable_seqscan = off
    set enable_bitmapscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set plan_cache_mode = force_generic_plan
as $$
begin
    update payment.transfer t set next_at = p.next_at, leased_until = null, trouble = nullif(p.trouble, ''),
        vendor_ref = coalesce(nullif(p.ref, ''), t.vendor_ref),
        asked_at = case when p.unheard then p_now else t.asked_at end
    from unnest(p_ids, p_next, p_refs, p_troubles, p_unheard) p (id, next_at, ref, trouble, unheard)
    where t.id = p.id and coalesce(t.settled_at, 'infinity') = 'infinity';
end
$$;

create function payment.next_due() returns timestamptz
    language plpgsql stable
    set enable_seqscan = off
    set enable_bitmapscan = off
    set enable_sort = off
as $$
begin
    return (
        select greatest(t.next_at, t.leased_until) from payment.transfer t where t.settled_at is null
        order by greatest(t.next_at, t.leased_until) limit 1
    );
end
$$;
