#include "server/services/accounting/reconciler.h"

#include "server/events/outbox.h"
#include "server/services/matching/matching_events.h"

using api::DifferenceKind;
using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcReconciler, "squad.accounting")

namespace {

QStringList mendableKinds()
{
    QStringList names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<DifferenceKind>>([&](auto each) {
        if (traitsOf(each.value).mendable)
            names += enumName(each.value);
    });
    return names;
}

// The history and the log tell a person who did what and why.
QString reasonOf(const DifferenceRow &difference)
{
    return u"The accounts did not agree: %1"_s.arg(difference.evidence);
}

} // namespace

Reconciler::Reconciler(const Auditor::Sources &sources, const Auditor::Options &options)
    : m_with(sources)
    , m_options(options)
{
}

Result<int> Reconciler::mend() const
{
    const QList<DifferenceRow> due
        = TRY(m_with.database.transact("squad_accounting", [this](Session &session) { return take(session); })
        );
    QSet<std::pair<api::TicketId, QString>>
        done; // the same repair often mends several differences of a ticket
    for (const DifferenceRow &each : due) {
        const std::pair repair { each.ticketId, traitsOf(each.kind).remedy };
        if (done.contains(repair))
            continue;
        done.insert(repair);
        const Result<QString> acted = act(each);
        if (acted)
            qCInfo(lcReconciler).noquote()
                << each.number.value_or(each.ticketId.toString()) << enumName(each.kind) << *acted;
        else // it counts as an attempt: a repair that cannot be made is not tried for ever either
            qCWarning(lcReconciler).noquote()
                << each.number.value_or(each.ticketId.toString()) << enumName(each.kind)
                << "could not be repaired:" << acted.error().detail;
    }
    return static_cast<int>(done.size());
}

Result<QList<DifferenceRow>> Reconciler::take(Session &session) const
{
    static const QStringList kinds = mendableKinds();
    const Instant now = m_with.clock.now();
    QList<DifferenceRow> due;
    for (DifferenceRow row : TRY(accounting_store::mendable(session, kinds, mostAtOnce))) {
        // Also those of differences that were mended and came back.
        const int before
            = TRY(accounting_store::attemptsSince(session, row.ticketId, row.kind, now - std::chrono::days(1))
            );
        if (before >= m_options.attempts) {
            row.gaveUp = true;
            TRY(accounting_store::confirm(session, row, row.confirmedAt.value_or(now)));
            qCWarning(lcReconciler).noquote() << row.number.value_or(row.ticketId.toString())
                                              << enumName(row.kind) << "is left to a person:" << row.evidence;
            continue;
        }
        ++row.attempts;
        row.sightings = 1;
        row.watchedSince = now;
        row.confirmedAt.reset();
        TRY(accounting_store::raise(session, row));
        TRY(accounting_store::add(
            session,
            { Id<RepairConcept>::make(),
              row.ticketId,
              row.number,
              row.kind,
              traitsOf(row.kind).remedy,
              now,
              false }
        ));
        due.append(row);
    }
    return due;
}

Result<QString> Reconciler::act(const DifferenceRow &difference) const
{
    const api::TicketId id = difference.ticketId;
    if (difference.kind == DifferenceKind::strayVisit) {
        const bool ended = TRY(m_with.database.transact("squad_ticket", [&](Session &session) {
            return m_with.tickets.endStrayVisit(session, id, reasonOf(difference));
        }));
        return ended ? u"the visit was ended"_s : u"the visit was over by itself"_s;
    }
    if (difference.kind == DifferenceKind::mistimed) {
        const bool isSet = TRY(m_with.database.transact("squad_ticket", [&](Session &session) {
            return m_with.tickets.resetTimer(session, id);
        }));
        return isSet ? u"the timer was set anew"_s : u"the timer of no ticket was cancelled"_s;
    }
    const bool exists = TRY(m_with.database.transact("squad_ticket", [&](Session &session) {
        return m_with.tickets.restate(session, id, reasonOf(difference));
    }));
    if (exists)
        return u"how the ticket stands was said again"_s;
    TRY(m_with.database.transact("squad_accounting", [&](Session &session) {
        return Outbox::publish(session, id.toString(), ForgetTicket { id }, {});
    }));
    return u"matching was told that there is no such ticket"_s;
}
