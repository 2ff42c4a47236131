-- The answers given under an Idempotency-Key, for 24 hours.
--
-- A key is held by an advisory lock rather than by a row of its own: the row is then written once, with the answer, and
-- a rollback has nothing to clean up. Collisions of the hash make one request wait for another, and nothing worse.
--
-- The functions run with their owner's rights and are the only way in. They are open to the group of all services,
-- because every service's transaction stores its own answers; the table is not, so that no service can read what another
-- one answered without knowing account, key and request.

create table http.idempotency (
    account uuid not null,
    key text not null,
    fingerprint bytea not null,
    status smallint not null,
    body bytea not null,
    etag bytea not null,
    created_at timestamptz not null default now(),
    constraint idempotency_key primary key (account, key)
);
create index idempotency_created_at on http.idempotency (created_at);

-- Holds the keys until the end of the transaction, in one order for everybody, and tells what each is: `first`, `repeated`
-- with the stored answer, or `reused` for another request. Volatile PL/pgSQL takes a new snapshot per statement: the
-- second one sees what the transaction that the first one waited for has committed.
create function http.idempotency_begin(accounts uuid[], keys text[], fingerprints bytea[])
returns table (use text, status smallint, body bytea, etag bytea)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(held.lock) from (
        select hashtextextended(claim.account::text || ' ' || claim.key, 7166125002) as lock
        from unnest(accounts, keys) as claim (account, key)
        order by 1
    ) as held;

    return query
    select
        case
            when stored.account is null then 'first'
            when stored.fingerprint = claim.fingerprint then 'repeated'
            else 'reused'
        end,
        case when stored.fingerprint = claim.fingerprint then stored.status end,
        case when stored.fingerprint = claim.fingerprint then stored.body end,
        case when stored.fingerprint = claim.fingerprint then stored.etag end
    from unnest(accounts, keys, fingerprints) with ordinality as claim (account, key, fingerprint, place)
    left join http.idempotency as stored
        on stored.account = claim.account and stored.key = claim.key
        and stored.created_at > now() - interval '24 hours'
    order by claim.place;
end
$$;

-- Stores the answers of keys that this transaction holds; what is there already has expired.
create function http.idempotency_finish(
    accounts uuid[], keys text[], fingerprints bytea[], statuses smallint[], bodies bytea[], etags bytea[]
)
returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    insert into http.idempotency as stored (account, key, fingerprint, status, body, etag)
    select * from unnest(accounts, keys, fingerprints, statuses, bodies, etags)
    on conflict on constraint idempotency_key do update set
        fingerprint = excluded.fingerprint,
        status = excluded.status,
        body = excluded.body,
        etag = excluded.etag,
        created_at = excluded.created_at;
$$;

-- Deletes at most `most` expired answers and tells how many. Rows that another node is deleting are left to it.
create function http.idempotency_expire(most integer)
returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with expired as (
        select account, key from http.idempotency
        where created_at < now() - interval '24 hours'
        order by created_at
        limit most
        for update skip locked
    ), deleted as (
        delete from http.idempotency as stored using expired
        where stored.account = expired.account and stored.key = expired.key
        returning 1
    )
    select count(*)::integer from deleted;
$$;

revoke all on http.idempotency from squad_http;
revoke execute on all functions in schema http from public;
grant usage on schema http to squad_service;
grant execute on function http.idempotency_begin(uuid[], text[], bytea[]) to squad_service;
grant execute on function http.idempotency_finish(uuid[], text[], bytea[], smallint[], bytea[], bytea[]) to squad_service;
grant execute on function http.idempotency_expire(integer) to squad_service;
