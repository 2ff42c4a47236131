-- Everybody's timers: what is to be told to whom, and when.
--
-- A timer is a row until it fires. It is deleted by the transaction that publishes its event, so that it fires once, also
-- when a node dies half way; nodes skip the rows that another one is about to delete, so that all of them may fire at once.
-- Time is always a parameter: it comes from the server's clock, which a demo may run faster than the database's.

create table timer.timer (
    owner text not null constraint timer_owner_is_a_service check (owner ~ '^[a-z][a-z0-9_]{0,39}$'),
    key text not null constraint timer_key_has_a_length check (char_length(key) between 1 and 200),
    due_at timestamptz not null,
    bus_key text not null, -- the key of the command's event, and of the firing's: one order for both
    trace_id text not null,
    recurrence jsonb, -- none: it fires once
    payload jsonb not null,
    primary key (owner, key)
) with (
    -- Fired rows stand at the very front of timer_due, where every look begins: clear them away long before a fifth of the
    -- table is dead.
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);

create index timer_due on timer.timer (due_at);

-- Where the time of an installation has got to that ever ran faster than the world's. One row, or none.
create table timer.warp (
    one boolean primary key default true check (one),
    reached timestamptz not null, -- no clock of the installation shows a later time before this is moved on
    node uuid not null -- whose clock it is
);

-- The functions below pin how they are planned: plans are kept for as long as a connection, and one that was made when the
-- table was empty would read all of it once there are a million rows.

-- A batch of commands, at most one for each timer; without a time it cancels.
create function timer.apply(
    p_owners text[], p_keys text[], p_due timestamptz[], p_bus_keys text[], p_trace_ids text[], p_recurrences jsonb[],
    p_payloads jsonb[]
) returns void
    language plpgsql volatile
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
begin
    delete from timer.timer t
    using unnest(p_owners, p_keys, p_due) c (owner, key, due_at)
    where c.due_at is null and t.owner = c.owner and t.key = c.key;

    insert into timer.timer (owner, key, due_at, bus_key, trace_id, recurrence, payload)
    select c.owner, c.key, c.due_at, c.bus_key, c.trace_id, c.recurrence, c.payload
    from unnest(p_owners, p_keys, p_due, p_bus_keys, p_trace_ids, p_recurrences, p_payloads)
        c (owner, key, due_at, bus_key, trace_id, recurrence, payload)
    where c.due_at is not null
    on conflict (owner, key) do update set due_at = excluded.due_at, bus_key = excluded.bus_key,
        trace_id = excluded.trace_id, recurrence = excluded.recurrence, payload = excluded.payload;
end
$$;

-- Fires what is due, oldest first, and skips what another node is firing. Those that recur stay, for the caller to move on
-- in the same transaction: their next date takes a calendar.
create function timer.fire(p_now timestamptz, p_limit int)
returns table (fired int, oldest timestamptz, owners text[], recurring jsonb)
    language plpgsql volatile
    set enable_seqscan = off
    set enable_bitmapscan = off
    set plan_cache_mode = force_generic_plan
as $$
declare
    v_types text[];
    v_keys text[];
    v_trace_ids text[];
    v_payloads jsonb[];
begin
    with due as materialized (
        select t.ctid as place, t.*
        from timer.timer t
        where t.due_at <= p_now
        order by t.due_at
        limit p_limit
        for update skip locked
    ), gone as (
        delete from timer.timer t
        where t.ctid = any (array(select d.place from due d where d.recurrence is null))
        returning t.*
    ), ready as (
        select g.owner, g.key, g.due_at, g.bus_key, g.trace_id, g.recurrence, g.payload from gone g
        union all
        select d.owner, d.key, d.due_at, d.bus_key, d.trace_id, d.recurrence, d.payload
        from due d where d.recurrence is not null
    )
    select count(*), min(r.due_at), coalesce(array_agg(distinct r.owner), '{}'),
        coalesce(jsonb_agg(jsonb_build_object(
            'owner', r.owner, 'key', r.key, 'dueAt', timer.iso(r.due_at), 'recurrence', r.recurrence
        )) filter (where r.recurrence is not null), '[]'),
        array_agg('timer.fired.' || r.owner order by r.due_at),
        array_agg(r.bus_key order by r.due_at),
        array_agg(r.trace_id order by r.due_at),
        array_agg(jsonb_build_object(
            'owner', r.owner, 'key', r.key, 'dueAt', timer.iso(r.due_at), 'firedAt', timer.iso(p_now),
            'payload', r.payload
        ) order by r.due_at)
    into fired, oldest, owners, recurring, v_types, v_keys, v_trace_ids, v_payloads
    from ready r;

    if fired > 0 then
        perform bus.publish_all(array_fill(null::uuid, array[fired]), v_types, v_keys, v_payloads, v_trace_ids, 1);
    end if;
    return next;
end
$$;

-- As events spell a time.
create function timer.iso(p_at timestamptz) returns text
    language sql stable
as $$
    select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

create function timer.move_on(p_owners text[], p_keys text[], p_due timestamptz[]) returns void
    language plpgsql volatile
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
as $$
begin
    update timer.timer t set due_at = c.due_at
    from unnest(p_owners, p_keys, p_due) c (owner, key, due_at)
    where t.owner = c.owner and t.key = c.key;
end
$$;

create function timer.next_due() returns timestamptz
    language plpgsql stable
    set enable_seqscan = off
    set enable_bitmapscan = off
as $$
begin
    return (select t.due_at from timer.timer t order by t.due_at limit 1);
end
$$;

-- Who may set and cancel timers.
insert into bus.publisher (role, type)
select 'squad_' || service, command
from unnest(array['accounting', 'catalog', 'matching', 'notification', 'payment', 'survey', 'ticket']) service,
    unnest(array['timer.set', 'timer.cancel']) command;
