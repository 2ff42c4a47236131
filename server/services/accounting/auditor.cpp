#include "server/services/accounting/auditor.h"

#include "server/push/push_feed.h"
#include "server/services/ticket/ticket_clocks.h"
#include "server/services/ticket/ticket_state.h"

using api::DifferenceKind;
using api::TicketId;
using namespace Qt::StringLiterals;

namespace {

const QString sweepLane = u"all"_s;
const QString ticketTimers = QLatin1String(TicketClocks::timerOwner);
// A group that is so far behind is an alarm of its own; every ticket would be a suspect.
constexpr qint64 farBehind = 2000;

QByteArray bytesOf(const TicketId &id)
{
    return id.uuid().toRfc4122();
}

const GroupHealth *find(const QList<GroupHealth> &health, const QString &group)
{
    const auto found = std::ranges::find(health, group, &GroupHealth::group);
    return found == health.end() ? nullptr : &*found;
}

bool isFarBehind(const QList<GroupHealth> &health, const QStringList &groups)
{
    return std::ranges::any_of(groups, [&](const QString &group) {
        const GroupHealth *found = find(health, group);
        return found != nullptr && (found->stalled || found->waiting > farBehind);
    });
}

} // namespace

Auditor::Auditor(const Sources &sources, const Options &options)
    : m_with(sources)
    , m_options(options)
{
}

// In a transaction of its own, as the service that is asked.
template <class Read>
auto Auditor::ask(const char *role, Read read) const
{
    return m_with.database.transact(role, read);
}

Result<void> Auditor::look(Session &session, const QList<GroupHealth> &health) const
{
    Scope scope { health, m_with.clock.now(), {}, 0 };
    scope.suspicions = TRY(accounting_store::suspicions(session, m_options.mostSuspicions));
    QSet<TicketId> wanted;
    for (const QString &name :
         { sweepLane, u"active"_s, u"visits"_s, u"held"_s, u"waiting"_s, u"timers"_s, u"suspects"_s }) {
        LaneRow lane = TRY(accounting_store::lane(session, name, scope.now));
        if (name == sweepLane && lane.rounds == 0)
            scope.stockTaking = lane.startedAt;
        const Piece piece = TRY(pieceOf(session, name, lane.position));
        wanted.unite(QSet<TicketId>(piece.ids.begin(), piece.ids.end()));
        lane.position = piece.isEnd ? QUuid() : piece.last;
        lane.checked += piece.ids.size();
        if (piece.isEnd) {
            ++lane.rounds;
            lane.checked = 0;
            lane.completedAt = scope.now;
            lane.startedAt = scope.now;
        }
        TRY(accounting_store::save(session, lane));
    }
    const QList<TicketId> ids(wanted.begin(), wanted.end());
    QHash<TicketId, QList<DifferenceRow>> known;
    for (const DifferenceRow &row : TRY(accounting_store::differences(session, ids)))
        known[row.ticketId].append(row);
    for (const Evidence &evidence : TRY(gather(session, ids)))
        TRY(settle(session, scope, evidence, known.value(evidence.ticket.id)));
    return accounting_store::noteLook(session, scope.now);
}

// What to look at ------------------------------------------------------------

// The tickets there are, and those that there should be.
Result<Auditor::Piece> Auditor::allTickets(Session &session, const QUuid &after) const
{
    const int limit = m_options.slice;
    const QList<TicketId> booked = TRY(accounting_store::bookIds(session, after, limit));
    const QList<TicketId> held = TRY(ask("squad_ticket", [&](Session &tickets) {
        return m_with.tickets.auditIds(tickets, after, limit);
    }));
    Piece piece;
    piece.isEnd = booked.size() < limit && held.size() < limit;
    // Beyond the shorter reach of the two, one of them has not been asked.
    QByteArray reach;
    for (const QList<TicketId> *list : { &booked, &held }) {
        if (list->size() == limit && (reach.isEmpty() || bytesOf(list->last()) < reach))
            reach = bytesOf(list->last());
    }
    QSet<TicketId> ids(booked.begin(), booked.end());
    ids.unite(QSet<TicketId>(held.begin(), held.end()));
    for (const TicketId &id : std::as_const(ids)) {
        if (piece.isEnd || bytesOf(id) <= reach)
            piece.ids.append(id);
    }
    piece.last = QUuid::fromRfc4122(reach);
    return piece;
}

Result<Auditor::Piece> Auditor::pieceOf(Session &session, const QString &lane, const QUuid &after) const
{
    if (lane == sweepLane)
        return allTickets(session, after);
    Piece piece;
    const auto take = [&piece](const QList<TicketId> &ids, int limit) {
        piece.ids = ids;
        piece.isEnd = ids.size() < limit;
        if (!ids.isEmpty())
            piece.last = ids.last().uuid();
    };
    const auto takeExperts = [&](const auto &rows) {
        for (const auto &row : rows)
            piece.ids.append(row.ticketId);
        piece.isEnd = rows.size() < m_options.otherSlice;
        if (!rows.isEmpty())
            piece.last = rows.last().expertId.uuid();
    };
    const int limit = m_options.otherSlice;
    if (lane == u"active"_s) {
        take(
            TRY(ask(
                "squad_ticket",
                [&](Session &s) { return m_with.tickets.auditActiveIds(s, after, m_options.activeSlice); }
            )),
            m_options.activeSlice
        );
    } else if (lane == u"visits"_s) {
        takeExperts(TRY(ask("squad_ticket", [&](Session &s) {
            return m_with.tickets.auditVisits(s, after, limit);
        })));
    } else if (lane == u"held"_s) {
        takeExperts(TRY(ask("squad_matching", [&](Session &s) {
            return m_with.matching.auditHeldAfter(s, after, limit);
        })));
    } else if (lane == u"waiting"_s) {
        take(
            TRY(
                ask("squad_matching",
                    [&](Session &s) { return m_with.matching.auditWaitingAfter(s, after, limit); })
            ),
            limit
        );
    } else if (lane == u"timers"_s) {
        const QString afterKey = after.isNull() ? QString() : after.toString(QUuid::WithoutBraces);
        const QList<TimerSet> timers = TRY(ask(TimerService::role, [&](Session &s) {
            return m_with.timers.list(s, ticketTimers, afterKey, limit);
        }));
        QList<TicketId> ids;
        for (const TimerSet &timer : timers) {
            if (const auto id = TicketId::parse(timer.key)) // others are about no ticket
                ids.append(*id);
        }
        take(ids, timers.size() == limit ? static_cast<int>(ids.size()) : limit);
    } else {
        take(TRY(accounting_store::suspects(session, after, limit)), limit);
    }
    return piece;
}

// What there is to see -------------------------------------------------------

Result<QList<Evidence>> Auditor::gather(Session &session, const QList<TicketId> &ids) const
{
    QHash<TicketId, BookRow> books;
    for (const BookRow &row : TRY(accounting_store::books(session, ids)))
        books.insert(row.id, row);
    QHash<TicketId, WaitingTicket> waiting;
    QHash<TicketId, QList<HeldExpert>> held;
    TRY(ask("squad_matching", [&](Session &matching) -> Result<void> {
        for (const WaitingTicket &row : TRY(m_with.matching.auditWaiting(matching, ids)))
            waiting.insert(row.ticketId, row);
        for (const HeldExpert &row : TRY(m_with.matching.auditHeld(matching, ids)))
            held[row.ticketId].append(row);
        return {};
    }));
    QStringList keys;
    for (const TicketId &id : ids)
        keys.append(id.toString());
    QHash<QString, Instant> timers;
    for (const TimerSet &timer :
         TRY(ask(TimerService::role, [&](Session &s) { return m_with.timers.find(s, ticketTimers, keys); })))
        timers.insert(timer.key, timer.dueAt);
    QList<Evidence> all;
    for (const TicketAudit &ticket :
         TRY(ask("squad_ticket", [&](Session &tickets) { return m_with.tickets.audit(tickets, ids); }))) {
        Evidence evidence { {}, ticket, {}, held.value(ticket.id), {}, false };
        if (const auto book = books.constFind(ticket.id); book != books.constEnd())
            evidence.book = *book;
        if (const auto row = waiting.constFind(ticket.id); row != waiting.constEnd())
            evidence.waiting = *row;
        if (const auto due = timers.constFind(ticket.id.toString()); due != timers.constEnd())
            evidence.timer = *due;
        all.append(evidence);
    }
    TRY(findUntold(all));
    return all;
}

// Only of what was assigned a moment ago: a feed lets go of what its owner has seen.
Result<void> Auditor::findUntold(QList<Evidence> &all) const
{
    QList<PushFeed::Notice> notices;
    for (const Evidence &each : std::as_const(all)) {
        if (each.book && each.ticket.state == api::TicketState::assigned && each.ticket.assignedVersion
            && each.ticket.expertId)
            notices.append({ Audience::of(*each.ticket.expertId),
                             each.ticket.id,
                             *each.ticket.assignedVersion,
                             each.book->toldAt });
    }
    if (notices.isEmpty())
        return {};
    const QList<TicketId> untold = TRY(ask(PushFeed::role, [&](Session &feed) {
        return PushFeed::untold(feed, notices, m_options.pushed);
    }));
    for (Evidence &each : all)
        each.untold = untold.contains(each.ticket.id);
    return {};
}

// What to make of it ---------------------------------------------------------

Result<void>
Auditor::settle(Session &session, Scope &scope, const Evidence &evidence, QList<DifferenceRow> known) const
{
    for (const Finding &finding : findings(evidence)) {
        const auto row = std::ranges::find(known, finding.kind, &DifferenceRow::kind);
        const bool isKnown = row != known.end();
        // What was filed before the books were opened is entered, not complained of.
        const bool isOld = scope.stockTaking && evidence.ticket.createdAt
            && *evidence.ticket.createdAt <= *scope.stockTaking;
        if (finding.kind == DifferenceKind::unheard && isOld) {
            const TicketAudit &ticket = evidence.ticket;
            TRY(accounting_store::enter(
                session,
                { BookRow { ticket.id,
                            evidence.number(),
                            *ticket.region,
                            *evidence.place(),
                            *ticket.round,
                            *ticket.version,
                            ticket.expertId,
                            *ticket.createdAt } }
            ));
            continue;
        }
        TRY(weigh(session, scope, evidence, finding, isKnown ? &*row : nullptr));
        if (isKnown)
            known.erase(row);
    }
    for (const DifferenceRow &gone : std::as_const(known)) {
        TRY(accounting_store::withdraw(session, gone));
        if (gone.attempts > 0)
            TRY(accounting_store::noteHelped(session, gone.ticketId, gone.kind));
    }
    return {};
}

Result<void> Auditor::weigh(
    Session &session,
    Scope &scope,
    const Evidence &evidence,
    const Finding &finding,
    const DifferenceRow *known
) const
{
    const KindTraits &traits = traitsOf(finding.kind);
    if (known == nullptr) {
        if (isFarBehind(scope.health, traits.groups) || scope.suspicions >= m_options.mostSuspicions)
            return {};
        ++scope.suspicions;
    }
    DifferenceRow row = known != nullptr ? *known : DifferenceRow {};
    if (known == nullptr || known->evidence != finding.evidence) {
        row.ticketId = evidence.ticket.id;
        row.kind = finding.kind;
        row.evidence = finding.evidence;
        row.sources = traits.sources;
        if (!evidence.number().isEmpty()) {
            row.number = evidence.number();
            row.region = evidence.region();
        }
        row.place = evidence.place();
        if (known == nullptr)
            row.firstSeen = scope.now;
        row.watchedSince = scope.now;
        row.sightings = 1;
        row.confirmedAt.reset();
        return accounting_store::raise(session, row);
    }
    if (row.confirmedAt || !hasPassed(scope, row))
        return {};
    if (row.sightings < traits.sightings) {
        ++row.sightings;
        return accounting_store::raise(session, row);
    }
    row.gaveUp = !traits.mendable || row.attempts >= m_options.attempts;
    return accounting_store::confirm(session, row, scope.now);
}

bool Auditor::hasPassed(const Scope &scope, const DifferenceRow &row) const
{
    if (scope.now - row.watchedSince < m_options.grace)
        return false;
    const bool isPatient = scope.now - row.firstSeen < m_options.patience;
    const QStringList &groups = traitsOf(row.kind).groups;
    return std::ranges::all_of(groups, [&](const QString &group) {
        const GroupHealth *found = find(scope.health, group);
        return found != nullptr && (!found->oldestWaiting || *found->oldestWaiting > row.raisedAt)
            && !(found->retrying > 0 && isPatient);
    });
}
