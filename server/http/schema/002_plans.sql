-- Plans that stay good while the table grows from nothing: PostgreSQL keeps the one it made for an empty table, which
-- reads the whole table for each request, until it next analyses it. And PL/pgSQL keeps plans where an SQL function
-- parses and plans at each call.

create or replace function http.idempotency_begin(accounts uuid[], keys text[], fingerprints bytea[])
returns table (use text, status smallint, body bytea, etag bytea)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
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
    left join lateral (
        select * from http.idempotency as held
        where held.account = claim.account and held.key = claim.key
            and held.created_at > now() - interval '24 hours'
        limit 1 -- one look into the index for each claim, never a hash of the whole table
    ) as stored on true
    order by claim.place;
end
$$;

create or replace function http.idempotency_finish(
    accounts uuid[], keys text[], fingerprints bytea[], statuses smallint[], bodies bytea[], etags bytea[]
)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into http.idempotency as stored (account, key, fingerprint, status, body, etag)
    select * from unnest(accounts, keys, fingerprints, statuses, bodies, etags)
    on conflict on constraint idempotency_key do update set
        fingerprint = excluded.fingerprint,
        status = excluded.status,
        body = excluded.body,
        etag = excluded.etag,
        created_at = excluded.created_at;
end
$$;
