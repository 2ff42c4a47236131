#include "tests/server/events/bus_probe.h"

#include "server/db/connection.h"
#include "server/events/outbox.h"

using namespace Qt::StringLiterals;

BusProbe::BusProbe()
    : BusProbe(std::make_unique<TestDatabase>())
{
}

BusProbe::BusProbe(std::unique_ptr<TestDatabase> test)
    : BusProbe(test->database(), test->superuserUrl())
{
    m_test = std::move(test);
}

BusProbe::BusProbe(Database &database, QString administrator)
    : m_database(database)
    , m_administrator(std::move(administrator))
{
    administrate(R"sql(
        create schema probe;
        create table probe.key (key text primary key, n int not null);
        create table probe.effect (id bigserial primary key, "group" text not null, key text not null, n int not null);
        grant usage on schema probe to public;
        grant all on all tables in schema probe to public;
        grant all on all sequences in schema probe to public;
    )sql");
}

const Statement stepKey { "probe.step", R"sql(
    insert into probe.key values ($1, 1) on conflict (key) do update set n = key.n + 1 returning n
)sql" };

Result<void> BusProbe::publish(Session &session, const QString &key)
{
    const int n = TRY(session.one<int>(stepKey, key));
    return Outbox::publish(session, key, Probed { key, n }, u"trace"_s);
}

void BusProbe::publish(const QString &key)
{
    const auto done = database().transact(publisher, [&](Session &session) { return publish(session, key); });
    if (!done)
        qFatal("cannot publish: %s", qPrintable(done.error().detail));
}

const Statement recordEffect { "probe.record",
                               "insert into probe.effect (\"group\", key, n) values ($1, $2, $3)" };

Result<void> BusProbe::record(Session &session, const QString &group, const Probed &probed)
{
    TRY(session.exec(recordEffect, group, probed.key, probed.n));
    return {};
}

std::shared_ptr<Consumer> BusProbe::recorder(const QString &group)
{
    auto consumer = std::make_shared<Consumer>(group, reader);
    consumer->on<Probed>([group](Session &session, const Event &, const Probed &probed) {
        return record(session, group, probed);
    });
    return consumer;
}

const Statement listEffects { "probe.effects", R"sql(
    select "group", key, n from probe.effect where "group" = $1 order by id
)sql" };

QList<Effect> BusProbe::effects(const QString &group)
{
    return database()
        .transact(reader, [&](Session &session) { return session.many<Effect>(listEffects, group); })
        .value_or(QList<Effect>());
}

const Statement listKeys { "probe.keys", "select 'published' as \"group\", key, n from probe.key" };

QMap<QString, int> BusProbe::published()
{
    QMap<QString, int> steps;
    const auto keys
        = database().transact(publisher, [&](Session &session) { return session.many<Effect>(listKeys); });
    for (const Effect &key : keys.value_or(QList<Effect>()))
        steps.insert(key.key, key.n);
    return steps;
}

QString BusProbe::audit(const QString &group)
{
    QMap<QString, int> seen;
    for (const Effect &effect : effects(group)) {
        int &last = seen[effect.key];
        if (effect.n != last + 1)
            return u"%1 of %2 came after %3"_s.arg(effect.n).arg(effect.key).arg(last);
        last = effect.n;
    }
    const QMap<QString, int> expected = published();
    for (auto key = expected.begin(); key != expected.end(); ++key) {
        if (seen.value(key.key()) != key.value())
            return u"%1 of %2 steps of %3 arrived"_s.arg(seen.value(key.key()))
                .arg(key.value())
                .arg(key.key());
    }
    return {};
}

void BusProbe::administrate(const QByteArray &sql)
{
    const auto connection = Connection::open(m_administrator);
    if (!connection || !(*connection)->script(sql))
        qFatal("%s", sql.constData());
}
