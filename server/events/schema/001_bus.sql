-- The event log: what services publish in their own transactions, and how far each consumer group has read.
--
-- The trap of every log that is read by number is the gap: an event with a smaller number may commit later, and a reader
-- that remembers "up to 17" never sees it. So a group remembers a snapshot instead. A batch is what is visible in a newer
-- snapshot and was not in the remembered one: nothing is missed, nothing comes twice, and publishers never wait for each
-- other. Ticks are snapshots that publishers leave behind, so that a group that is far behind reads in small windows.
--
-- Services reach the log only through the functions below. They run with their owner's rights and ask bus.caller() who is
-- calling; every one pins its search_path, so that nobody can slip an object of their own under a name used here.

create sequence bus.event_seq;

create table bus.event (
    -- The first column on purpose: the transaction gets its id before the event gets its number.
    xid xid8 not null default pg_current_xact_id(),
    seq bigint not null default nextval('bus.event_seq'),
    id uuid not null,
    at timestamptz not null default clock_timestamp(),
    type text not null constraint event_type_has_a_topic check (position('.' in type) > 1),
    key text not null constraint event_key_is_given check (key <> ''),
    version int not null,
    trace_id text not null,
    payload jsonb not null
) partition by range (at);

create index event_xid on bus.event (xid);

-- Whatever has no day of its own yet lands here: to publish must never fail because maintenance is late.
create table bus.event_other_day partition of bus.event default;

create table bus.tick (
    horizon xid8 not null, -- of snap: pg_snapshot_xmax, for the index
    snap pg_snapshot not null,
    at timestamptz not null default clock_timestamp()
);

create index tick_horizon on bus.tick (horizon);

create table bus.cursor (
    grp text primary key,
    role text not null, -- the only one that may read as this group
    types text[] not null, -- "ticket.opened" or "ticket.*"
    snap pg_snapshot not null, -- all of this is handled …
    upto pg_snapshot, -- … and of what lies between it and this …
    seq bigint not null default 0, -- … the events up to this number
    moved_at timestamptz not null default clock_timestamp()
) with (fillfactor = 20); -- one hot row per group: leave room to update in place

-- Failed events, and the later ones of their keys that wait behind them. The event is copied, so that the log's old days
-- can go. Of each key only the first that is not dead has a finite next_at.
create table bus.retry (
    grp text not null references bus.cursor on delete cascade,
    seq bigint not null,
    id uuid not null,
    at timestamptz not null,
    type text not null,
    key text not null,
    version int not null,
    trace_id text not null,
    payload jsonb not null,
    attempts int not null default 0,
    next_at timestamptz not null,
    dead_at timestamptz,
    error text not null default '',
    primary key (grp, seq)
);

create index retry_key on bus.retry (grp, key, seq) where dead_at is null;
create index retry_due on bus.retry (grp, next_at) where dead_at is null;
create index retry_dead on bus.retry (dead_at) where dead_at is not null;

-- What a role may publish beside its own topic (squad_ticket: "ticket.*"): commands to another service, mostly.
create table bus.publisher (
    role text not null,
    type text not null, -- "ticket.match_failed" or "user.*"
    primary key (role, type)
);

insert into bus.publisher values
    ('squad_matching', 'ticket.assignment_proposed'),
    ('squad_matching', 'ticket.match_failed'),
    ('squad_users', 'user.*');

-- The role in whose name the transaction runs. Inside a security definer function current_user is the function's owner,
-- and session_user is the login that all services may share; the setting "role" is what SET ROLE made it, or "none" for a
-- service that has a login of its own. A transaction can change it only to a role its login is a member of.
create function bus.caller() returns text
    language sql stable
as $$
    select case current_setting('role') when 'none' then session_user::text else current_setting('role') end
$$;

-- A UUID of version 7, for events that SQL functions make.
create function bus.uuid7() returns uuid
    language sql volatile
as $$
    select encode(
        set_byte(
            overlay(uuid_send(gen_random_uuid())
                placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
            6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112
        ), 'hex')::uuid
$$;

-- Whether snapshot b was taken after a, so that everything visible in a is visible in b.
create function bus.precedes(a pg_snapshot, b pg_snapshot) returns boolean
    language sql immutable
as $$
    select pg_snapshot_xmax(a) <= pg_snapshot_xmax(b)
        and not exists (
            select from pg_snapshot_xip(b) x where x < pg_snapshot_xmax(a) and pg_visible_in_snapshot(x, a)
        )
$$;

create function bus.check_publisher(p_caller text, p_type text) returns void
    language plpgsql stable
as $$
begin
    if p_caller <> 'squad_' || split_part(p_type, '.', 1) and not exists (
        select from bus.publisher p
        where p.role = p_caller and p.type in (p_type, split_part(p_type, '.', 1) || '.*')
    ) then
        raise exception 'role % may not publish %', p_caller, p_type using errcode = 'insufficient_privilege';
    end if;
end
$$;

-- The snapshot of a publisher counts the publisher's own transaction as done, but the tick can be seen only once it is.
create function bus.leave_tick() returns void
    language sql volatile
as $$
    insert into bus.tick (horizon, snap) values (pg_snapshot_xmax(pg_current_snapshot()), pg_current_snapshot())
$$;

create function bus.publish(
    p_id uuid, p_type text, p_key text, p_version int, p_payload jsonb, p_trace_id text
) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_seq bigint;
begin
    perform bus.check_publisher(bus.caller(), p_type);
    insert into bus.event (id, type, key, version, payload, trace_id)
    values (coalesce(p_id, bus.uuid7()), p_type, p_key, p_version, p_payload, coalesce(p_trace_id, ''))
    returning seq into v_seq;
    if v_seq % 500 = 0 then
        perform bus.leave_tick();
    end if;
end
$$;

-- Many events in one statement, in the order of the arrays; null ids are made here.
create function bus.publish_all(
    p_ids uuid[], p_types text[], p_keys text[], p_payloads jsonb[], p_trace_ids text[], p_version int
) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_first bigint;
    v_last bigint;
begin
    perform bus.check_publisher(bus.caller(), t.type) from (select distinct type from unnest(p_types) u (type)) t;
    with put as (
        insert into bus.event (id, type, key, version, payload, trace_id)
        select coalesce(e.id, bus.uuid7()), e.type, e.key, p_version, e.payload, coalesce(e.trace_id, '')
        from unnest(p_ids, p_types, p_keys, p_payloads, p_trace_ids) with ordinality e (id, type, key, payload, trace_id, nr)
        order by e.nr
        returning seq
    )
    select min(seq), max(seq) into v_first, v_last from put;
    if v_first is not null and (v_first - 1) / 500 <> v_last / 500 then
        perform bus.leave_tick();
    end if;
end
$$;

-- Reading ------------------------------------------------------------------------------------------------------------

-- True if this transaction may act for the group: nobody else does until it ends. Waiting would be wrong: whoever holds
-- the group reads what is there.
create function bus.hold(p_group text) returns boolean
    language sql volatile
as $$
    select pg_try_advisory_xact_lock(hashtext('bus.group'), hashtext(p_group))
$$;

create function bus.check_reader(p_group text) returns void
    language plpgsql stable
as $$
begin
    if not exists (select from bus.cursor where grp = p_group and role = bus.caller()) then
        raise exception 'role % may not read as group %', bus.caller(), p_group using errcode = 'insufficient_privilege';
    end if;
end
$$;

-- The group's next events, oldest first; none if there are none or another node holds the group. Moves the cursor in the
-- caller's transaction: a rollback delivers them again. Events whose key waits for a retry go to wait behind it.
create function bus.fetch(p_group text, p_limit int)
returns table (
    seq bigint, id uuid, topic text, type text, key text, version int, occurred_at timestamptz, trace_id text,
    payload jsonb
)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    -- The plan is made while a day's partition is empty and must stay good when it holds millions.
    set enable_seqscan = off
    set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_cursor bus.cursor;
    v_upto pg_snapshot;
    v_at_tick boolean := true;
    v_event bus.event;
    v_count int := 0;
    v_retrying boolean;
begin
    perform bus.check_reader(p_group);
    -- A snapshot does not list the transaction that takes it, so what that one had published would count as read.
    if pg_current_xact_id_if_assigned() is not null then
        raise exception 'bus.fetch must come before the first write of its transaction';
    end if;
    if not bus.hold(p_group) then
        return;
    end if;

    select * into strict v_cursor from bus.cursor where grp = p_group; -- after the lock, so that it is the newest
    v_upto := v_cursor.upto;
    if v_upto is null then
        select t.snap into v_upto from bus.tick t
        where t.horizon > pg_snapshot_xmax(v_cursor.snap) and bus.precedes(v_cursor.snap, t.snap)
        order by t.horizon limit 1;
    end if;
    if v_upto is null then
        v_upto := pg_current_snapshot();
        v_at_tick := false;
    end if;

    v_retrying := exists (select from bus.retry r where r.grp = p_group and r.dead_at is null);
    for v_event in
        select w.* from (
            select e.* from bus.event e
            where e.xid >= pg_snapshot_xmax(v_cursor.snap) and e.xid < pg_snapshot_xmax(v_upto)
            union all
            select e.* from bus.event e
            where e.xid = any (array(select pg_snapshot_xip(v_cursor.snap)))
        ) w
        where w.seq > v_cursor.seq
            and pg_visible_in_snapshot(w.xid, v_upto)
            and (w.type = any (v_cursor.types) or split_part(w.type, '.', 1) || '.*' = any (v_cursor.types))
        order by w.seq
        limit p_limit
    loop
        v_count := v_count + 1;
        v_cursor.seq := v_event.seq;
        if v_retrying and exists (
            select from bus.retry r where r.grp = p_group and r.key = v_event.key and r.dead_at is null
        ) then
            insert into bus.retry (grp, seq, id, at, type, key, version, trace_id, payload, next_at)
            values (p_group, v_event.seq, v_event.id, v_event.at, v_event.type, v_event.key, v_event.version,
                v_event.trace_id, v_event.payload, 'infinity');
        else
            seq := v_event.seq;
            id := v_event.id;
            topic := split_part(v_event.type, '.', 1);
            type := v_event.type;
            key := v_event.key;
            version := v_event.version;
            occurred_at := v_event.at;
            trace_id := v_event.trace_id;
            payload := v_event.payload;
            return next;
        end if;
    end loop;

    if v_count = p_limit then -- there may be more of this window
        update bus.cursor set upto = v_upto, seq = v_cursor.seq, moved_at = clock_timestamp() where grp = p_group;
    elsif v_count > 0 or v_at_tick then -- an empty look at the present is not worth a write
        update bus.cursor set snap = v_upto, upto = null, seq = 0, moved_at = clock_timestamp() where grp = p_group;
    end if;
end
$$;

-- Everything a group has still to read, oldest first as far as the order is known, without what waits in bus.retry.
create function bus.unread(p_group text, p_limit bigint) returns setof bus.event
    language plpgsql stable
    set enable_seqscan = off
    set plan_cache_mode = force_generic_plan
as $$
declare
    c bus.cursor;
begin
    select * into strict c from bus.cursor where grp = p_group;
    return query
    select w.* from (
        select e.* from bus.event e
        where e.xid >= pg_snapshot_xmax(c.snap)
        union all
        select e.* from bus.event e
        where e.xid = any (array(select pg_snapshot_xip(c.snap)))
    ) w
    where (w.type = any (c.types) or split_part(w.type, '.', 1) || '.*' = any (c.types))
        -- Within the window that is being read, those up to c.seq are done.
        and not (c.upto is not null and w.seq <= c.seq and pg_visible_in_snapshot(w.xid, c.upto))
    limit p_limit;
end
$$;

-- What the group should do after an empty fetch: another node holds it, or there is more by now, or it may rest until a
-- failed event is due.
create function bus.outlook(p_group text) returns table (held boolean, behind boolean, retry_in_ms bigint)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform bus.check_reader(p_group);
    held := bus.hold(p_group);
    behind := exists (select from bus.unread(p_group, 1));
    select ceil(extract(epoch from min(r.next_at) - clock_timestamp()) * 1000) into retry_in_ms
    from bus.retry r where r.grp = p_group and r.dead_at is null and r.next_at < 'infinity';
    return next;
end
$$;

-- Failures -----------------------------------------------------------------------------------------------------------

-- Lets the first waiting event of a key go.
create function bus.release(p_group text, p_key text) returns void
    language sql volatile
as $$
    update bus.retry set next_at = clock_timestamp()
    where grp = p_group and next_at = 'infinity' and seq = (
        select min(r.seq) from bus.retry r where r.grp = p_group and r.key = p_key and r.dead_at is null
    )
$$;

-- What becomes of a failed event: it waits for its next attempt, or is dead after the last and lets its key go on.
create function bus.judge(p_group text, p_seq bigint, p_error text, p_delay_ms bigint, p_max_attempts int) returns void
    language plpgsql volatile
as $$
declare
    v_retry bus.retry;
begin
    update bus.retry set
        attempts = attempts + 1,
        error = p_error,
        next_at = clock_timestamp() + p_delay_ms * interval '1 millisecond',
        dead_at = case when attempts + 1 >= p_max_attempts then clock_timestamp() end
    where grp = p_group and seq = p_seq
    returning * into strict v_retry;
    if v_retry.dead_at is not null then
        perform bus.release(p_group, v_retry.key);
    end if;
end
$$;

-- Sets the group's next event aside: it failed. By its id, since something else may be next by now.
create function bus.park(p_group text, p_id uuid, p_error text, p_delay_ms bigint, p_max_attempts int) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    v_event record;
begin
    select * into v_event from bus.fetch(p_group, 1);
    if v_event.id is distinct from p_id then
        -- Fails the transaction, so that what was fetched instead stays unread.
        raise exception 'event % is not the next one of %', p_id, p_group;
    end if;
    insert into bus.retry (grp, seq, id, at, type, key, version, trace_id, payload, next_at)
    values (p_group, v_event.seq, v_event.id, v_event.occurred_at, v_event.type, v_event.key, v_event.version,
        v_event.trace_id, v_event.payload, clock_timestamp());
    perform bus.judge(p_group, v_event.seq, p_error, p_delay_ms, p_max_attempts);
end
$$;

-- The failed event that has been due longest, if any and if no other node holds the group. It is off the list, and the
-- next one of its key due, when the caller commits.
create function bus.take_retry(p_group text)
returns table (
    seq bigint, id uuid, topic text, type text, key text, version int, occurred_at timestamptz, trace_id text,
    payload jsonb, attempts int
)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_retry bus.retry;
begin
    perform bus.check_reader(p_group);
    if not bus.hold(p_group) then
        return;
    end if;
    delete from bus.retry where grp = p_group and seq = (
        select r.seq from bus.retry r
        where r.grp = p_group and r.dead_at is null and r.next_at <= clock_timestamp()
        order by r.next_at, r.seq limit 1
    )
    returning * into v_retry;
    if found then
        perform bus.release(p_group, v_retry.key);
        return query select v_retry.seq, v_retry.id, split_part(v_retry.type, '.', 1), v_retry.type, v_retry.key,
            v_retry.version, v_retry.at, v_retry.trace_id, v_retry.payload, v_retry.attempts;
    end if;
end
$$;

-- Another attempt has failed.
create function bus.defer(p_group text, p_seq bigint, p_error text, p_delay_ms bigint, p_max_attempts int) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform bus.check_reader(p_group);
    -- Under the lock, and only what is still due: another node may have handled it or failed on it meanwhile.
    if bus.hold(p_group) and exists (
        select from bus.retry
        where grp = p_group and seq = p_seq and dead_at is null and next_at <= clock_timestamp()
    ) then
        perform bus.judge(p_group, p_seq, p_error, p_delay_ms, p_max_attempts);
    end if;
end
$$;

-- Administration: for the bus itself, not for services ------------------------------------------------------------------

-- A new group starts with the oldest event that is kept: nothing is visible in its first snapshot.
create function bus.subscribe(p_group text, p_role text, p_types text[]) returns void
    language sql volatile
as $$
    insert into bus.cursor (grp, role, types, snap) values (p_group, p_role, p_types, '1:1:')
    on conflict (grp) do update set role = excluded.role, types = excluded.types
    where (cursor.role, cursor.types) is distinct from (excluded.role, excluded.types)
$$;

-- For a consumer that exists no more: while its cursor stands, nothing it has not read is dropped.
create function bus.forget(p_group text) returns void
    language sql volatile
as $$
    delete from bus.cursor where grp = p_group
$$;

create function bus.health()
returns table (
    grp text, waiting bigint, retrying bigint, dead bigint, oldest_waiting timestamptz, moved_at timestamptz
)
    language sql stable
as $$
    select c.grp, u.waiting, r.retrying, r.dead, u.oldest, c.moved_at
    from bus.cursor c
    cross join lateral (
        select count(*) waiting, min(w.at) oldest from bus.unread(c.grp, 10000) w
    ) u
    cross join lateral (
        select count(*) filter (where dead_at is null) retrying, count(*) filter (where dead_at is not null) dead
        from bus.retry where retry.grp = c.grp
    ) r
    order by c.grp
$$;

-- A dead letter gets all its attempts again, before the later events of its key that are still waiting.
create function bus.replay(p_group text, p_id uuid) returns boolean
    language plpgsql volatile
as $$
declare
    v_retry bus.retry;
begin
    perform pg_advisory_xact_lock(hashtext('bus.group'), hashtext(p_group));
    update bus.retry set dead_at = null, attempts = 0, next_at = 'infinity'
    where grp = p_group and id = p_id and dead_at is not null
    returning * into v_retry;
    if not found then
        return false;
    end if;
    update bus.retry set next_at = 'infinity'
    where grp = p_group and key = v_retry.key and dead_at is null and seq > v_retry.seq and next_at < 'infinity';
    perform bus.release(p_group, v_retry.key);
    return true;
end
$$;

-- Makes days ahead and drops days that are over, older than p_keep and read by every group. Run now and then by any node.
create function bus.maintain(p_keep interval, p_days_ahead int) returns void
    language plpgsql volatile security definer -- only the owner may make and drop tables
    set search_path = pg_catalog, pg_temp
    -- A day can be dropped only while nobody reads: rather later than at the cost of those who wait behind us.
    set lock_timeout = '200ms'
as $$
declare
    v_day date;
    v_name text;
    v_read xid8; -- transactions before this one are read by every group
    v_done boolean;
begin
    if not pg_try_advisory_xact_lock(hashtext('bus.maintain'), 0) then
        return;
    end if;
    -- Days are taken from the clock in UTC, whatever the session's time zone.
    for v_day in
        select ((now() at time zone 'UTC')::date + n)::date from generate_series(0, p_days_ahead) n
    loop
        v_name := 'event_' || to_char(v_day, 'YYYYMMDD');
        continue when to_regclass('bus.' || v_name) is not null;
        begin
            -- Attaching locks out readers of the default partition only; creating it in place would stop publishers.
            execute format('create table bus.%I (like bus.event including all)', v_name);
            execute format('alter table bus.event attach partition bus.%I for values from (%L) to (%L)', v_name,
                v_day::timestamp at time zone 'UTC', (v_day + 1)::timestamp at time zone 'UTC');
        exception
            when check_violation then null; -- this day has begun in the default partition and stays there
            when lock_not_available then null; -- next time
        end;
    end loop;

    if exists (
        select from bus.event e
        where e.xid >= coalesce((select max(t.horizon) from bus.tick t), '3')
    ) then
        perform bus.leave_tick(); -- so that the cursor of a quiet group moves past the day's events
    end if;

    select coalesce(min(pg_snapshot_xmin(c.snap)), '3') into v_read from bus.cursor c;
    for v_name in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'bus.event'::regclass and c.relname ~ '^event_\d{8}$'
            and to_date(right(c.relname, 8), 'YYYYMMDD') < ((now() - p_keep) at time zone 'UTC')::date
        order by c.relname
    loop
        execute format('select not exists (select from bus.%I where xid >= %L)', v_name, v_read) into v_done;
        exit when not v_done;
        begin
            execute format('drop table bus.%I', v_name);
        exception
            when lock_not_available then exit; -- next time
        end;
    end loop;
    delete from bus.event_other_day where at < now() - p_keep and xid < v_read;
    delete from bus.tick where at < now() - p_keep and horizon < v_read;
end
$$;

-- A dump restored into a younger cluster brings transaction ids from the future: new events would count as read. Returns
-- whether that was so. What was unread then goes through bus.retry, which keeps the order of each key.
create function bus.rebase() returns boolean
    language plpgsql volatile
as $$
begin
    if not exists (
        select from bus.cursor c, pg_current_snapshot() now
        where greatest(pg_snapshot_xmax(c.snap), pg_snapshot_xmax(c.upto)) > pg_snapshot_xmax(now)
        union all
        select from bus.event where xid >= pg_snapshot_xmax(pg_current_snapshot())
    ) then
        return false;
    end if;
    lock table bus.event in exclusive mode; -- no publisher until the new cursors stand
    insert into bus.retry (grp, seq, id, at, type, key, version, trace_id, payload, next_at)
    select c.grp, e.seq, e.id, e.at, e.type, e.key, e.version, e.trace_id, e.payload, 'infinity'
    from bus.cursor c cross join lateral bus.unread(c.grp, null) e;
    perform bus.release(r.grp, r.key) from (select distinct grp, key from bus.retry where dead_at is null) r;
    update bus.event set xid = '3'; -- older than any snapshot
    delete from bus.tick;
    update bus.cursor set snap = pg_current_snapshot(), upto = null, seq = 0, moved_at = clock_timestamp();
    return true;
end
$$;

grant usage on schema bus to squad_service;
grant execute on function
    bus.publish(uuid, text, text, int, jsonb, text),
    bus.publish_all(uuid[], text[], text[], jsonb[], text[], int),
    bus.fetch(text, int),
    bus.outlook(text),
    bus.park(text, uuid, text, bigint, int),
    bus.take_retry(text),
    bus.defer(text, bigint, text, bigint, int)
to squad_service;
