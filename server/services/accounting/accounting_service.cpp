#include "server/services/accounting/accounting_service.h"

#include "shared/api/push.h"

using api::TicketPlace;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcAccounting, "squad.accounting")

namespace {

constexpr auto role = "squad_accounting";
constexpr int mostShown = 200;
constexpr int mostRepairs = 50;
constexpr auto longestRest = 15s;
constexpr auto keepRepairs = std::chrono::days(90);
const QString created = u"created"_s;

QList<api::RegionBalance> balances(const QList<TallyRow> &tallies, const QList<TallyRow> &corrections)
{
    QMap<QString, QMap<QString, qint64>> regions;
    for (const TallyRow &row : tallies)
        regions[row.region][row.place] += row.tickets;
    for (const TallyRow &row : corrections)
        regions[row.region][row.place] += row.tickets;
    QList<api::RegionBalance> balances;
    for (auto region = regions.constBegin(); region != regions.constEnd(); ++region) {
        api::RegionBalance balance { region.key(), region->value(created), {}, region->value(created) };
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<TicketPlace>>([&](auto each) {
            const qint64 tickets = region->value(enumName(TicketPlace(each.value)));
            balance.places.append({ each.value, tickets });
            balance.missing -= tickets;
        });
        balances.append(balance);
    }
    return balances;
}

api::Difference toDifference(const DifferenceRow &row)
{
    const KindTraits &traits = traitsOf(row.kind);
    return { row.ticketId, row.number,    row.region,    row.kind,     row.sources,
             row.evidence, row.firstSeen, traits.remedy, row.attempts, row.gaveUp };
}

} // namespace

AccountingService::AccountingService(
    const Auditor::Sources &sources, EventBus &bus, Deliver deliver, Options options
)
    : m_with(sources)
    , m_bus(bus)
    , m_deliver(std::move(deliver))
    , m_options(std::move(options))
    , m_auditor(sources, m_options.audit)
    , m_reconciler(sources, m_options.audit)
{
}

AccountingService::~AccountingService()
{
    stop();
}

void AccountingService::start()
{
    m_stopping = false;
    m_thread = std::thread([this] { run(); });
}

void AccountingService::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (!m_thread.joinable())
        return;
    m_thread.join();
    // A server that says goodbye is not missed.
    const auto left = m_with.database.transact(role, [this](Session &session) {
        return accounting_store::leave(session, m_options.node);
    });
    if (!left)
        qCWarning(lcAccounting, "%s", qPrintable(left.error().detail));
}

void AccountingService::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        lock.unlock();
        const auto began = Steady::now();
        if (const Result<bool> looked = look(); !looked)
            qCWarning(lcAccounting, "the accounts: %s", qPrintable(looked.error().detail));
        // Alarms have to be timely, also where one look takes long.
        const auto rest = std::clamp<Steady::duration>(
            (Steady::now() - began) * m_options.restFactor,
            m_options.interval,
            std::max<Steady::duration>(m_options.interval, longestRest)
        );
        lock.lock();
        m_changed.wait_for(lock, rest, [this] { return m_stopping; });
    }
}

// Looking --------------------------------------------------------------------

Result<bool> AccountingService::look()
{
    const QList<GroupHealth> health = TRY(m_bus.health());
    const bool isOurs = TRY(lookOver(health));
    if (isOurs) {
        TRY(m_reconciler.mend());
        TRY(recountIfDue());
        TRY(raiseAlarms(health));
    }
    TRY(takeNote(health));
    return isOurs;
}

Result<bool> AccountingService::lookOver(const QList<GroupHealth> &health)
{
    return m_with.database.transact(role, [&](Session &session) -> Result<bool> {
        if (!TRY(accounting_store::hold(session)))
            return false;
        TRY(m_auditor.look(session, health));
        return true;
    });
}

// After each round over all tickets, but not all the time where a round takes seconds.
Result<void> AccountingService::recountIfDue()
{
    return m_with.database.transact(role, [this](Session &session) -> Result<void> {
        const Instant now = m_with.clock.now();
        const LaneRow sweep = TRY(accounting_store::lane(session, u"all"_s, now));
        if (sweep.rounds == m_countedRounds || Steady::now() < m_recountAt)
            return {};
        m_countedRounds = sweep.rounds;
        m_recountAt = Steady::now() + m_options.recountEvery;
        for (const MiscountRow &row : TRY(accounting_store::recount(session))) {
            const QString action
                = u"%1 %2: %3, was %4"_s.arg(row.region, row.place).arg(row.tickets).arg(row.was);
            qCWarning(lcAccounting).noquote() << "a total was corrected:" << action;
            TRY(accounting_store::add(
                session,
                { Id<RepairConcept>::make(), {}, {}, api::DifferenceKind::miscounted, action, now, true }
            ));
        }
        return accounting_store::forgetRepairs(session, now - keepRepairs);
    });
}

Result<void> AccountingService::raiseAlarms(const QList<GroupHealth> &health)
{
    QList<AlarmBoard::Condition> conditions = m_board.conditionsOf(health) + m_options.alsoWatch();
    return m_with.database.transact(role, [&](Session &session) -> Result<void> {
        if (!std::exchange(m_isRestored, true))
            m_board.restore(TRY(accounting_store::alarms(session)));
        if (const qint64 hopeless = TRY(accounting_store::countHopeless(session)); hopeless > 0) {
            conditions.append({ u"accounting.differences"_s,
                                hopeless == 1
                                    ? u"1 ticket is not accounted for and needs a person."_s
                                    : u"%L1 differences in the accounts need a person."_s.arg(hopeless),
                                1 });
        }
        conditions += TRY(conditionsOfNodes(session));
        const QList<api::Alarm> up = m_board.look(conditions, m_with.clock.now());
        m_alarmsChanged = TRY(accounting_store::putAlarms(session, up)) || m_alarmsChanged;
        const qint64 differences = TRY(accounting_store::countConfirmed(session));
        if (m_alarmsChanged || m_toldDifferences.value_or(0) != differences) {
            TRY(tellStaff(differences, up.size()));
            m_alarmsChanged = false;
        }
        m_toldDifferences = differences;
        return {};
    });
}

Result<QList<AlarmBoard::Condition>> AccountingService::conditionsOfNodes(Session &session) const
{
    constexpr int looks
        = 5; // the first ones after a time without a database may come before the others' beats
    QList<AlarmBoard::Condition> found;
    for (const NodeRow &node : TRY(accounting_store::nodes(session))) {
        if (node.silentSeconds > m_options.nodeSilence.count()) {
            found.append({ u"node.%1"_s.arg(node.name),
                           u"%1 went silent without having been stopped."_s.arg(node.name),
                           looks });
            continue;
        }
        for (const QString &group : node.stopped)
            found.append({ u"worker.%1.%2"_s.arg(group, node.name),
                           u"%1 does not run on %2."_s.arg(group, node.name) });
    }
    return found;
}

Result<void> AccountingService::tellStaff(qint64 differences, qsizetype alarms)
{
    const api::AccountingChanged change { differences, static_cast<int>(alarms) };
    const PushFeed::Entry entry { Audience::staff(),
                                  toQString(api::AccountingChanged::type),
                                  json::encode(change).toObject() };
    const QList<FeedRow> rows = TRY(m_with.database.transact(PushFeed::role, [&](Session &session) {
        return PushFeed::append(session, { entry }, m_with.clock.now());
    }));
    if (m_deliver)
        m_deliver(rows);
    return {};
}

// Every node knows how things stand, whichever has looked, and says that it is there.
Result<void> AccountingService::takeNote(const QList<GroupHealth> &health)
{
    LookRow last;
    Standing now;
    now.groups = health;
    QStringList stopped;
    for (const QString &group : m_options.groups) {
        // One that has not even said yet that it exists does not run either.
        const auto found = std::ranges::find(health, group, &GroupHealth::group);
        if (found == health.end() || !found->running)
            stopped.append(group);
    }
    TRY(m_with.database.transact(role, [&](Session &session) -> Result<void> {
        TRY(accounting_store::beat(session, m_options.node, stopped));
        last = TRY(accounting_store::lastLook(session));
        now.alarms = TRY(accounting_store::alarms(session));
        now.differences = TRY(accounting_store::countConfirmed(session));
        return {};
    }));
    const std::lock_guard lock(m_mutex);
    m_standing = now;
    if (std::exchange(m_lookNumber, last.number) != last.number)
        m_lastLook = Steady::now();
    return {};
}

// Answering ------------------------------------------------------------------

AccountingService::Standing AccountingService::standing() const
{
    const std::lock_guard lock(m_mutex);
    Standing now = m_standing;
    now.lastLook = std::chrono::duration_cast<std::chrono::seconds>(Steady::now() - m_lastLook);
    // Seen by whoever asks, so that it shows even when the thread that looks is the one that has died.
    if (now.lastLook > m_options.lateAfter)
        now.alarms.append({ u"accounting.late"_s,
                            u"Nobody has looked over the accounts for %1 seconds."_s.arg(now.lastLook.count()
                            ),
                            m_with.clock.now() - now.lastLook });
    return now;
}

Result<api::Items<api::Alarm>> AccountingService::alarms(Session &session) const
{
    api::Items<api::Alarm> all { TRY(accounting_store::alarms(session)) };
    for (const api::Alarm &alarm : standing().alarms) {
        if (std::ranges::find(all.items, alarm.name, &api::Alarm::name) == all.items.end()
            && alarm.name == u"accounting.late"_s)
            all.items.append(alarm);
    }
    return all;
}

Result<api::Accounting> AccountingService::fetch(Session &session) const
{
    api::Accounting accounts;
    accounts.regions
        = balances(TRY(accounting_store::tallies(session)), TRY(accounting_store::corrections(session)));
    bool isEven = true;
    for (const api::RegionBalance &region : std::as_const(accounts.regions)) {
        accounts.created += region.created;
        isEven = isEven && region.missing == 0;
    }
    for (const DifferenceRow &row : TRY(accounting_store::confirmed(session, mostShown)))
        accounts.differences.append(toDifference(row));
    accounts.differenceCount = TRY(accounting_store::countConfirmed(session));
    for (const RepairRow &row : TRY(accounting_store::repairs(session, mostRepairs)))
        accounts.repairs.append({ row.ticketId, row.number, row.kind, row.action, row.at, row.helped });
    accounts.alarms = TRY(alarms(session)).items;
    accounts.checkedAt = TRY(accounting_store::lastLook(session)).at;
    for (const LaneRow &lane : TRY(accounting_store::lanes(session))) {
        if (lane.name == u"all"_s)
            accounts.sweep = { lane.checked, lane.startedAt, lane.completedAt };
    }
    accounts.balanced = isEven && accounts.differenceCount == 0 && accounts.checkedAt.has_value();
    return accounts;
}
