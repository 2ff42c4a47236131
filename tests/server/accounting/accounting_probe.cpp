#include "tests/server/accounting/accounting_probe.h"

#include "server/db/connection.h"
#include "server/push/ticket_feed.h"
#include "tests/support/why.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

template <class T>
T required(Result<T> result)
{
    if (!result)
        qFatal("%s", why(result));
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

QString sorted(const QSet<QString> &names)
{
    QStringList list(names.begin(), names.end());
    list.sort();
    return list.join(u", "_s);
}

const Statement countTold { "test.countTold", R"sql(
    select count(*) from push.feed
    where audience = $1 and ($2::text is null or type = $2)
        and ($3::uuid is null or payload -> 'ticket' ->> 'id' = $3::text)
)sql" };

} // namespace

AccountingService::Options AccountingProbe::quick()
{
    AccountingService::Options options;
    options.recountEvery = 0s;
    return options;
}

AccountingProbe::AccountingProbe(AccountingService::Options options)
{
    PushHub::Options push;
    push.url = m_world.db().url();
    m_hub = std::make_unique<PushHub>(m_world.db().database(), push);
    m_timers = std::make_unique<TimerService>(m_world.db().database(), m_world.clock());
    m_world.alsoRead(
        [this, options](PostgresBus &bus, MatchingService &) {
            m_accounting = std::make_unique<AccountingService>(
                sources(), bus, [this](const QList<FeedRow> &rows) { m_hub->deliver(rows); }, options
            );
            bus.subscribe(pushFeed(*m_hub));
            bus.subscribe(m_accounting->consumer());
            bus.subscribe(m_timers->consumer());
        },
        3
    );
    m_world.startNode();
}

Auditor::Sources AccountingProbe::sources()
{
    return { m_world.db().database(), m_world.tickets(), m_world.matching(), *m_timers, m_world.clock() };
}

AccountingProbe::~AccountingProbe()
{
    m_accounting->stop();
    m_world.stopNode(); // its bus reads for the accounts
}

void AccountingProbe::look(int times)
{
    for (int i = 0; i < times; ++i) {
        if (!m_world.settle())
            qFatal("the events do not come to an end");
        m_world.clock().advance(20s);
        if (!required(m_accounting->look()))
            qFatal("somebody else is looking");
    }
}

api::Accounting AccountingProbe::accounts()
{
    return required(m_world.db().database().transact("squad_accounting", [this](Session &session) {
        return m_accounting->fetch(session);
    }));
}

QString AccountingProbe::differences()
{
    QSet<QString> kinds;
    for (const api::Difference &difference : accounts().differences)
        kinds.insert(enumName(difference.kind));
    return sorted(kinds);
}

QString AccountingProbe::repairs()
{
    QSet<QString> kinds;
    for (const api::Repair &repair : accounts().repairs) {
        if (repair.helped)
            kinds.insert(enumName(repair.kind));
    }
    return sorted(kinds);
}

int AccountingProbe::toldStaff(const QString &type)
{
    return required(m_world.db().database().transact(PushFeed::role, [&](Session &session) {
        return session.one<int>(
            countTold, Audience::staff().name(), std::optional(type), std::optional<api::TicketId>()
        );
    }));
}

int AccountingProbe::told(api::AccountId account, api::TicketId ticket)
{
    return required(m_world.db().database().transact(PushFeed::role, [&](Session &session) {
        return session.one<int>(
            countTold, Audience::of(account).name(), std::optional<QString>(), std::optional(ticket)
        );
    }));
}

void AccountingProbe::corrupt(const QString &sql)
{
    const auto connection = Connection::open(m_world.db().superuserUrl());
    if (!connection)
        qFatal("the superuser cannot sign in");
    // As a replica: foreign keys do not look.
    if (!(*connection)->script("set session_replication_role = replica; " + sql.toUtf8()))
        qFatal("%s", qPrintable(sql));
}
