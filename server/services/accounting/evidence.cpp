#include "server/services/accounting/evidence.h"

#include "server/services/ticket/ticket_row.h"
#include "server/services/ticket/ticket_state.h"

using api::DifferenceKind;
using api::TicketPlace;
using api::TicketState;
using namespace Qt::StringLiterals;

namespace {

QString nameOf(const std::optional<api::AccountId> &expert)
{
    return expert ? u"expert %1"_s.arg(expert->toString()) : u"nobody"_s;
}

QString inWords(const TicketAudit &ticket)
{
    return u"%1, round %2, version %3, with %4"_s.arg(enumName(*ticket.state))
        .arg(*ticket.round)
        .arg(*ticket.version)
        .arg(nameOf(ticket.expertId));
}

QString inWords(const BookRow &book)
{
    return u"%1, round %2, version %3, with %4"_s.arg(enumName(book.place))
        .arg(book.round)
        .arg(book.version)
        .arg(nameOf(book.expertId));
}

QString inWords(const std::optional<WaitingTicket> &waiting)
{
    if (!waiting)
        return u"is not looking for anybody"_s;
    return waiting->proposed ? u"has found somebody in round %1"_s.arg(waiting->round)
                             : u"looks for somebody in round %1"_s.arg(waiting->round);
}

QString inWords(const QList<HeldExpert> &held)
{
    QStringList each;
    for (const HeldExpert &expert : held)
        each += u"%1 %2"_s.arg(enumName(expert.state), expert.expertId.toString());
    each.sort();
    return each.isEmpty() ? u"keeps nobody for it"_s : u"keeps for it: "_s + each.join(u", "_s);
}

QString inWords(std::optional<Instant> at)
{
    return at ? u"at "_s + toText(*at) : u"never"_s;
}

// A ticket in such a state always has something that happens when nobody does anything.
bool needsTimer(const TicketAudit &ticket)
{
    return ticket.paused || *ticket.state == TicketState::assigned || *ticket.state == TicketState::completed;
}

class Comparison
{
public:
    explicit Comparison(const Evidence &evidence)
        : m_all(evidence)
        , m_ticket(evidence.ticket)
    {
    }

    QList<Finding> run()
    {
        if (!m_ticket.exists()) {
            compareMissing();
            return m_findings;
        }
        compareBooks();
        compareHistory();
        compareVisit();
        compareMatching();
        compareTimer();
        if (m_all.untold)
            add(DifferenceKind::untold, u"Tickets: %1. The expert's feed never had it."_s.arg(standing()));
        return m_findings;
    }

private:
    void add(DifferenceKind kind, const QString &evidence) { m_findings.append({ kind, evidence }); }
    [[nodiscard]] QString standing() const { return inWords(m_ticket); }

    // No row. Whatever else still speaks of it is evidence that there was one.
    void compareMissing()
    {
        if (m_all.book) {
            add(DifferenceKind::lost,
                u"Tickets: nothing. Events: %1. History: %2."_s.arg(
                    inWords(*m_all.book), m_ticket.historyState ? u"still there"_s : u"nothing"_s
                ));
        } else if (m_ticket.historyState) {
            add(DifferenceKind::lost,
                u"Tickets: nothing. History: %1."_s.arg(enumName(*m_ticket.historyState)));
        }
        if (!m_all.held.isEmpty())
            add(DifferenceKind::heldInVain, u"Tickets: nothing. Matching %1."_s.arg(inWords(m_all.held)));
        if (m_all.waiting)
            add(DifferenceKind::strayWaiting,
                u"Tickets: nothing. Matching %1."_s.arg(inWords(m_all.waiting)));
        if (m_ticket.activeVisits > 0)
            add(DifferenceKind::strayVisit,
                u"Tickets: nothing. Visits: %1 is on it."_s.arg(nameOf(m_ticket.visitExpert)));
        // That of a ticket which was lost is left for the person who finds out what happened.
        if (m_all.timer && m_findings.isEmpty())
            add(DifferenceKind::mistimed,
                u"Tickets: nothing. Timers: it is looked at %1."_s.arg(inWords(m_all.timer)));
    }

    void compareBooks()
    {
        if (!m_all.book)
            return add(DifferenceKind::unheard, u"Tickets: %1. Events: nothing."_s.arg(standing()));
        const BookRow &book = *m_all.book;
        const QString both = u"Tickets: %1. Events: %2."_s.arg(standing(), inWords(book));
        if (book.version < *m_ticket.version)
            return add(DifferenceKind::behind, both);
        const bool same = book.version == *m_ticket.version && book.round == *m_ticket.round
            && book.place == placeOf(*m_ticket.state, m_ticket.waiting) && book.region == *m_ticket.region
            && book.expertId == m_ticket.expertId;
        if (!same)
            add(DifferenceKind::altered, both);
    }

    void compareHistory()
    {
        if (!m_ticket.historyState)
            return add(DifferenceKind::historyBroken, u"Tickets: %1. History: nothing."_s.arg(standing()));
        if (!m_ticket.historyHolds || *m_ticket.historyState != *m_ticket.state)
            add(DifferenceKind::historyBroken,
                u"Tickets: %1. History: ends in %2%3."_s.arg(
                    standing(),
                    enumName(*m_ticket.historyState),
                    m_ticket.historyHolds ? QString() : u" and has a gap"_s
                ));
    }

    void compareVisit()
    {
        const QString visits = m_ticket.activeVisits == 0
            ? u"nobody is on it"_s
            : u"%1 is on it, %2"_s.arg(nameOf(m_ticket.visitExpert), m_ticket.visitState.value_or(QString()));
        const QString both = u"Tickets: %1. Visits: %2."_s.arg(standing(), visits);
        if (!hasActiveVisit(*m_ticket.state)) {
            if (m_ticket.activeVisits > 0)
                add(DifferenceKind::strayVisit, both);
            return;
        }
        if (m_ticket.activeVisits != 1 || m_ticket.visitExpert != m_ticket.expertId
            || m_ticket.visitState != enumName(*m_ticket.state))
            add(DifferenceKind::noVisit, both);
    }

    void compareTimer()
    {
        const bool isMissing = !m_ticket.wakeAt && needsTimer(m_ticket);
        if (m_ticket.wakeAt != m_all.timer || isMissing)
            add(DifferenceKind::mistimed,
                u"Tickets: %1, to be looked at %2. Timers: %3."_s.arg(
                    standing(), inWords(m_ticket.wakeAt), inWords(m_all.timer)
                ));
    }

    void compareMatching()
    {
        const QString both = u"Tickets: %1. Matching %2 and %3."_s.arg(
            standing(), inWords(m_all.waiting), inWords(m_all.held)
        );
        if (*m_ticket.state == TicketState::open)
            return compareOpen(both);
        const bool isOnIt = hasActiveVisit(*m_ticket.state);
        if (m_all.waiting && !(isOnIt && m_all.waiting->proposed))
            add(DifferenceKind::strayWaiting, both);
        bool holdsExpert = false;
        bool holdsOther = false;
        for (const HeldExpert &held : m_all.held) {
            const bool isTheirs = isOnIt && held.expertId == m_ticket.expertId;
            holdsExpert = holdsExpert || (isTheirs && held.state == ExpertState::busy);
            holdsOther = holdsOther || !isTheirs;
        }
        if (isOnIt && !holdsExpert)
            add(DifferenceKind::notHeld, both);
        if (holdsOther)
            add(DifferenceKind::heldInVain, both);
    }

    void compareOpen(const QString &both)
    {
        if (!m_all.waiting)
            add(DifferenceKind::unmatched, both);
        const bool isProposed = m_all.waiting && m_all.waiting->proposed;
        if (m_all.waiting) {
            const bool told = isProposed || (m_all.waiting->decided && m_ticket.waiting);
            // Proposed for longer than the answer takes: the question or the answer was lost. While the
            // customer is waited for, nobody is looked for: matching holds the ticket as if it was proposed.
            const bool isStuck = m_ticket.paused ? !isProposed : isProposed || !told;
            if (isStuck || m_all.waiting->round != *m_ticket.round)
                add(DifferenceKind::matchStuck, both);
        }
        if (!m_all.held.isEmpty() && (!isProposed || m_ticket.paused))
            add(DifferenceKind::heldInVain, both);
    }

    const Evidence &m_all;
    const TicketAudit &m_ticket;
    QList<Finding> m_findings;
};

} // namespace

QString Evidence::number() const
{
    if (ticket.number)
        return spokenNumber(*ticket.number);
    return book ? book->number : QString();
}

QString Evidence::region() const
{
    if (ticket.region)
        return *ticket.region;
    return book ? book->region : QString();
}

std::optional<TicketPlace> Evidence::place() const
{
    if (ticket.state)
        return placeOf(*ticket.state, ticket.waiting);
    return book ? std::optional(book->place) : std::nullopt;
}

TicketPlace placeOf(TicketState state, bool waiting)
{
    switch (state) {
    case TicketState::open:
        return waiting ? TicketPlace::waiting : TicketPlace::open;
    case TicketState::assigned:
        return TicketPlace::assigned;
    case TicketState::accepted:
        return TicketPlace::accepted;
    case TicketState::enRoute:
        return TicketPlace::enRoute;
    case TicketState::inProgress:
        return TicketPlace::inProgress;
    case TicketState::completed:
        return TicketPlace::completed;
    case TicketState::closed:
        return TicketPlace::closed;
    case TicketState::cancelled:
        return TicketPlace::cancelled;
    }
    return TicketPlace::open;
}

QList<Finding> findings(const Evidence &evidence)
{
    return Comparison(evidence).run();
}

const KindTraits &traitsOf(DifferenceKind kind)
{
    const auto traits = [](const QStringList &sources, const QStringList &groups, int sightings) {
        return KindTraits { sources, groups, sightings, false, u"A manager has to look at it."_s };
    };
    const auto mendable
        = [](const QStringList &sources, const QStringList &groups, int sightings, const QString &remedy) {
              return KindTraits { sources, groups, sightings, true, remedy };
          };
    const QStringList dispatch { u"accounting"_s, u"matching"_s, u"ticket"_s };
    const QString restate = u"The ticket service says again how the ticket stands."_s;
    static const QHash<DifferenceKind, KindTraits> all {
        { DifferenceKind::lost, traits({ u"events"_s, u"tickets"_s }, { u"accounting"_s }, 1) },
        { DifferenceKind::unheard, mendable({ u"tickets"_s, u"events"_s }, { u"accounting"_s }, 1, restate) },
        { DifferenceKind::behind, mendable({ u"tickets"_s, u"events"_s }, { u"accounting"_s }, 1, restate) },
        { DifferenceKind::altered, traits({ u"tickets"_s, u"events"_s }, { u"accounting"_s }, 1) },
        { DifferenceKind::historyBroken, traits({ u"tickets"_s, u"history"_s }, {}, 1) },
        { DifferenceKind::unmatched,
          mendable({ u"tickets"_s, u"matching"_s }, dispatch, 2, u"The ticket is matched again."_s) },
        { DifferenceKind::matchStuck,
          mendable({ u"tickets"_s, u"matching"_s }, dispatch, 2, u"The ticket is matched again."_s) },
        { DifferenceKind::notHeld,
          mendable({ u"tickets"_s, u"matching"_s }, dispatch, 2, u"Matching marks the expert as busy."_s) },
        { DifferenceKind::heldInVain,
          mendable({ u"tickets"_s, u"matching"_s }, dispatch, 2, u"Matching lets the expert go."_s) },
        { DifferenceKind::strayWaiting,
          mendable({ u"tickets"_s, u"matching"_s }, dispatch, 2, u"Matching stops looking."_s) },
        { DifferenceKind::strayVisit,
          mendable({ u"tickets"_s, u"visits"_s }, {}, 1, u"The visit is ended."_s) },
        { DifferenceKind::noVisit, traits({ u"tickets"_s, u"visits"_s }, {}, 1) },
        { DifferenceKind::untold,
          mendable({ u"tickets"_s, u"feed"_s }, { u"push"_s }, 1, u"The assignment is pushed again."_s) },
        { DifferenceKind::mistimed,
          mendable(
              { u"tickets"_s, u"timers"_s }, { u"ticket"_s, u"timer"_s }, 1, u"The timer is set anew."_s
          ) },
        { DifferenceKind::miscounted, mendable({ u"events"_s }, {}, 1, u"The total is counted anew."_s) },
    };
    return *all.constFind(kind);
}
