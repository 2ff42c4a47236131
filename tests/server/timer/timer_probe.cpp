#include "tests/server/timer/timer_probe.h"

#include "server/db/connection.h"
#include "server/events/outbox.h"

using namespace Qt::StringLiterals;

TimerNode::TimerNode(
    Database &database, const QString &url, const Clock &clock, TimerService::Options options
)
    : m_database(database)
    , m_timers(database, clock, options)
    , m_bus(database, { .url = url })
{
    m_timers.watch(m_bus);
    m_bus.subscribe(m_timers.consumer());
    m_bus.subscribe(TimerProbe::listener());
}

TimerNode::~TimerNode()
{
    stop();
}

void TimerNode::start()
{
    m_bus.start();
    m_timers.start();
    m_started = true;
}

void TimerNode::stop()
{
    if (!std::exchange(m_started, false))
        return;
    m_timers.stop();
    m_bus.stop();
}

TimerProbe::TimerProbe()
{
    administrate(R"sql(
        create schema probe;
        create table probe.heard (
            id bigserial primary key, key text not null, due_at timestamptz not null, fired_at timestamptz not null,
            bus_key text not null, trace_id text not null, payload jsonb not null
        );
        grant usage on schema probe to public;
        grant all on all tables in schema probe to public;
        grant all on all sequences in schema probe to public;
    )sql");
}

void TimerProbe::publish(const QList<Command> &commands, const QString &busKey)
{
    QList<Outbox::Draft> drafts;
    for (const Command &command : commands) {
        std::visit(
            [&](const auto &each) {
                drafts.append({ toQString(each.type),
                                busKey.isEmpty() ? each.key : busKey,
                                json::encode(each).toObject(),
                                u"trace-"_s + each.key });
            },
            command
        );
    }
    const auto done
        = database().transact(role, [&](Session &session) { return Outbox::publishAll(session, drafts); });
    if (!done)
        qFatal("cannot publish: %s", qPrintable(done.error().detail));
}

void TimerProbe::set(const QString &key, Instant dueAt, const QJsonObject &payload)
{
    publish({ SetTimer { QString::fromLatin1(owner), key, dueAt, payload } });
}

void TimerProbe::cancel(const QString &key)
{
    publish({ CancelTimer { QString::fromLatin1(owner), key } });
}

const Statement hear { "probe.hear", R"sql(
    insert into probe.heard (key, due_at, fired_at, bus_key, trace_id, payload) values ($1, $2, $3, $4, $5, $6)
)sql" };

std::shared_ptr<Consumer> TimerProbe::listener()
{
    auto consumer = std::make_shared<Consumer>(u"probe"_s, role);
    consumer->onType(u"timer.fired.ticket"_s, [](Session &session, const Event &event) -> Result<void> {
        const TimerFired fired = TRY(json::fromJson<TimerFired>(event.payload));
        TRY(session.exec(hear, fired.key, fired.dueAt, fired.firedAt, event.key, event.traceId, fired.payload)
        );
        return {};
    });
    return consumer;
}

const Statement listHeard { "probe.heard", R"sql(
    select key, due_at, fired_at, bus_key, trace_id, payload from probe.heard order by id
)sql" };

QList<Heard> TimerProbe::heard()
{
    return database().transact(
                         role, [](Session &session) { return session.many<Heard>(listHeard); }
    ).value_or(QList<Heard>());
}

QStringList TimerProbe::heardKeys()
{
    QStringList keys;
    for (const Heard &each : heard())
        keys += each.key;
    return keys;
}

qint64 TimerProbe::number(const QByteArray &sql)
{
    const auto connection = Connection::open(m_test.superuserUrl());
    auto rows = connection ? (*connection)->script(sql) : fail(Problem::internal(u"no connection"_s));
    if (!rows || !rows->next())
        qFatal("%s", sql.constData());
    return rows->text(0).toLongLong();
}

bool TimerProbe::isTakenIn(PostgresBus &bus)
{
    const auto health = bus.health();
    // A group that has only just started is not known yet, and has taken nothing in.
    return health && std::ranges::any_of(*health, [](const GroupHealth &group) {
               return group.group == "timer"_L1 && group.waiting + group.retrying == 0;
           });
}

void TimerProbe::administrate(const QByteArray &sql)
{
    const auto connection = Connection::open(m_test.superuserUrl());
    if (!connection || !(*connection)->script(sql))
        qFatal("%s", sql.constData());
}
