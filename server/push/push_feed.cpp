#include "server/push/push_feed.h"

const Statement appendFeed { "push.append", R"sql(
    with place as (
        update push.head set seq = seq + cardinality($1::text[]) returning seq - cardinality($1::text[]) as before
    )
    insert into push.feed (seq, audience, type, at, payload)
    select place.before + entry.nr, entry.audience, entry.type, entry.at, entry.payload
    from place, unnest($1::text[], $2::text[], $3::jsonb[], $4::timestamptz[])
        with ordinality as entry (audience, type, payload, at, nr)
    returning seq
)sql" };

Result<QList<FeedRow>> PushFeed::append(Session &session, const QList<Entry> &entries, Instant at)
{
    return append(session, { News { entries, at } });
}

Result<QList<FeedRow>> PushFeed::append(Session &session, const QList<News> &news)
{
    QList<FeedRow> rows;
    QStringList audiences;
    QStringList types;
    QStringList payloads;
    QList<Instant> times;
    for (const News &each : news) {
        for (const Entry &entry : each.entries) {
            rows += FeedRow { 0, entry.audience.name(), entry.type, each.at, entry.payload };
            audiences += entry.audience.name();
            types += entry.type;
            payloads += QString::fromUtf8(json::toText(entry.payload));
            times += each.at;
        }
    }
    if (rows.isEmpty())
        return rows;
    QList<qint64> numbers = TRY(session.many<qint64>(appendFeed, audiences, types, payloads, times));
    std::ranges::sort(numbers);
    for (qsizetype i = 0; i < rows.size(); ++i)
        rows[i].seq = numbers.at(i);
    return rows;
}

namespace {

// The head comes along with each row, and alone when there is none: one statement sees one moment.
struct PageRow
{
    qint64 head = 0;
    bool gap = false;
    std::optional<qint64> seq;
    std::optional<QString> audience;
    std::optional<QString> type;
    std::optional<Instant> at;
    std::optional<QJsonObject> payload;
};
BOOST_DESCRIBE_STRUCT(PageRow, (), (head, gap, seq, audience, type, at, payload))

} // namespace

const Statement readPage { "push.page", R"sql(
    select head.seq as head,
        exists (select from push.horizon where horizon.seq > $2)
            or exists (select from push.reader where audience = any ($1::text[]) and trimmed > $2) as gap,
        row.seq, row.audience, row.type, row.at, row.payload
    from push.head
    left join lateral (
        select found.*
        from unnest($1::text[]) as wanted (audience)
        cross join lateral (
            select feed.* from push.feed
            where feed.audience = wanted.audience and feed.seq > $2
            order by feed.seq limit $3
        ) found
        order by found.seq limit $3
    ) row on true
    order by row.seq
)sql" };

Result<PushFeed::Page> PushFeed::page(Session &session, const QStringList &audiences, qint64 since, int limit)
{
    const QList<PageRow> found = TRY(session.many<PageRow>(readPage, audiences, since, limit));
    Page page;
    for (const PageRow &row : found) {
        page.head = row.head;
        page.gap = row.gap;
        if (row.seq)
            page.rows += FeedRow { *row.seq, *row.audience, *row.type, *row.at, *row.payload };
    }
    page.isLast = page.rows.size() < limit;
    return page;
}

const Statement readAfter { "push.after", "select * from push.feed where seq > $1 order by seq limit $2" };

Result<QList<FeedRow>> PushFeed::after(Session &session, qint64 seq, int limit)
{
    return session.many<FeedRow>(readAfter, seq, limit);
}

const Statement readHead { "push.head", "select seq from push.head" };

Result<qint64> PushFeed::head(Session &session)
{
    return session.one<qint64>(readHead);
}

const Statement findUntold { "push.untold", R"sql(
    select wanted.ticket::uuid
    from unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[]) as wanted (audience, ticket, version, at)
    where wanted.at > now() - $5 * interval '1 second' and not exists (
        select from push.feed
        where feed.audience = wanted.audience and feed.type = 'ticket.changed'
            and feed.payload -> 'ticket' ->> 'id' = wanted.ticket
            and (feed.payload -> 'ticket' ->> 'version')::int >= wanted.version
    )
)sql" };

Result<QList<api::TicketId>>
PushFeed::untold(Session &session, const QList<Notice> &notices, std::chrono::seconds kept)
{
    QStringList audiences;
    QStringList tickets;
    QList<int> versions;
    QList<Instant> times;
    for (const Notice &notice : notices) {
        audiences += notice.audience.name();
        tickets += notice.ticketId.toString();
        versions += notice.version;
        times += notice.at;
    }
    return session.many<api::TicketId>(findUntold, audiences, tickets, versions, times, qint64(kept.count()));
}

// In one order, so that two nodes that tell of the same readers do not wait for each other in a circle.
// Nobody can have seen what is not there yet.
const Statement noteSeen { "push.acknowledge", R"sql(
    insert into push.reader as known (audience, acknowledged)
    select seen.audience, least(seen.seq, head.seq)
    from push.head, unnest($1::text[], $2::bigint[]) as seen (audience, seq)
    order by seen.audience
    on conflict (audience) do update set acknowledged = excluded.acknowledged, seen_at = excluded.seen_at
    where known.acknowledged < excluded.acknowledged
)sql" };

Result<void> PushFeed::acknowledge(Session &session, const QHash<QString, qint64> &seen)
{
    TRY(session.exec(noteSeen, QStringList(seen.keys()), QList<qint64>(seen.values())));
    return {};
}

const Statement trimOld { "push.trim_old", R"sql(
    with old as (
        select seq from (select seq, at from push.feed order by seq limit $2) oldest
        where at < now() - $1 * interval '1 second'
    ), gone as (
        delete from push.feed using old where feed.seq = old.seq returning feed.seq
    ), moved as (
        update push.horizon set seq = greatest(seq, (select max(seq) from gone)) where exists (select from gone)
    )
    select count(*) from gone
)sql" };

const Statement trimSeen { "push.trim_seen", R"sql(
    with seen as (
        select feed.seq, feed.audience
        from push.reader join push.feed on feed.audience = reader.audience and feed.seq <= reader.acknowledged
        where reader.seen_at > now() - $3 * interval '1 second' and feed.at < now() - $1 * interval '1 second'
        order by feed.seq limit $2
    ), gone as (
        delete from push.feed using seen where feed.seq = seen.seq returning feed.seq, feed.audience
    ), moved as (
        update push.reader set trimmed = greatest(trimmed, last.seq)
        from (select audience, max(seq) as seq from gone group by audience) last
        where reader.audience = last.audience
    )
    select count(*) from gone
)sql" };

// Whoever has not been seen for longer than anything is kept has nothing left to trim.
const Statement forgetReaders { "push.forget_readers", R"sql(
    delete from push.reader where seen_at < now() - $1 * interval '1 second' - interval '1 day'
)sql" };

Result<int> PushFeed::trim(Session &session, const Retention &retention, int limit)
{
    const qint64 keep = retention.keep.count();
    const int old = TRY(session.one<int>(trimOld, keep, limit));
    const int seen = TRY(session.one<int>(trimSeen, qint64(retention.keepAcknowledged.count()), limit, keep));
    if (old < limit)
        TRY(session.exec(forgetReaders, keep));
    return old + seen;
}
