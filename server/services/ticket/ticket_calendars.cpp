#include "server/services/ticket/ticket_service.h"

using namespace std::chrono_literals;

// Calendars and rules, and how open tickets follow when they change.

namespace {

// Tickets in one transaction of a review: others wait for their rows meanwhile.
constexpr int reviewPiece = 100;
// A ticket that was being filed while the calendar changed was not there to be reviewed. No transaction takes
// that long.
constexpr auto secondLook = 1min;

// How far a review has come; travels with its timer.
struct ReviewScope
{
    std::optional<QString> region; // none: all
    std::optional<int> calendarVersion; // only what is counted by an older one
    std::optional<api::TicketId> after;
    bool isSecondLook = false;
};
BOOST_DESCRIBE_STRUCT(ReviewScope, (), (region, calendarVersion, after, isSecondLook))

Problem stale(const QString &what, const QJsonValue &current)
{
    return { ProblemKind::stale,
             QStringLiteral("%1 changed since you looked.").arg(what),
             {},
             {},
             { { QStringLiteral("current"), current } } };
}

Problem refused(const QList<FieldError> &errors)
{
    Problem problem = Problem::invalid(errors.first().pointer, errors.first().detail);
    problem.fields = errors;
    return problem;
}

api::Calendar toCalendar(const CalendarRow &row)
{
    return { row.region, row.content, row.updatedBy, row.updatedAt, row.version };
}

QList<FieldError> problemsOf(const api::EscalationPolicy &policy)
{
    constexpr qsizetype mostRules = 40;
    if (policy.rules.size() > mostRules)
        return { { QStringLiteral("/rules"), QStringLiteral("must not be more than 40") } };
    QList<FieldError> errors;
    QSet<QString> known;
    for (qsizetype i = 0; i < policy.rules.size(); ++i) {
        const api::EscalationRule &rule = policy.rules.at(i);
        const QString pointer = QStringLiteral("/rules/%1").arg(i);
        if (rule.tell.isEmpty())
            errors.append({ pointer + QLatin1String("/tell"), QStringLiteral("must name somebody") });
        const QString key = firedKey(enumName(rule.clock), rule.level.value);
        if (known.contains(key))
            errors.append({ pointer + QLatin1String("/level"),
                            QStringLiteral("is another rule's for the same clock") });
        known.insert(key);
    }
    return errors;
}

} // namespace

Result<api::Items<api::Calendar>> TicketService::calendars(Session &session) const
{
    api::Items<api::Calendar> calendars;
    for (const CalendarRow &row : TRY(sla_store::calendars(session)))
        calendars.items.append(toCalendar(row));
    return calendars;
}

Result<api::Calendar> TicketService::editCalendar(
    Session &session, const Caller &by, const QString &region, const api::CalendarContent &content
) const
{
    const QList<FieldError> errors = ::problemsOf(content);
    if (!errors.isEmpty())
        return fail(refused(errors));
    const int version = TRY(m_clocks.calendars().versions(session, { region })).value(region, 0);
    if (version == 0)
        return fail(Problem::notFound(QStringLiteral("There is no such region.")));
    CalendarRow row { region, version + 1, content, by.name, m_with.clock.now() };
    const bool isFirst = (!by.ifMatch || *by.ifMatch == version) && TRY(sla_store::add(session, row));
    if (!isFirst) {
        const auto current = TRY(sla_store::calendar(session, region, version));
        return fail(stale(
            QStringLiteral("The calendar of %1").arg(region),
            current ? json::encode(toCalendar(*current)) : QJsonValue()
        ));
    }
    const ReviewScope scope { region, row.version, {}, false };
    TRY(beginReview(
        session, QStringLiteral("%1:%2").arg(region).arg(row.version), json::encode(scope).toObject()
    ));
    return toCalendar(row);
}

Result<int> TicketService::addCalendars(Session &session, const QList<CalendarRow> &calendars) const
{
    int added = 0;
    for (CalendarRow calendar : calendars) {
        calendar.updatedAt = m_with.clock.now();
        added += TRY(sla_store::add(session, calendar)) ? 1 : 0;
    }
    return added;
}

Result<api::EscalationRules> TicketService::escalationRules(Session &session) const
{
    return sla_store::rules(session);
}

Result<api::EscalationRules> TicketService::editEscalationRules(
    Session &session, const Caller &by, const api::EscalationPolicy &policy
) const
{
    const QList<FieldError> errors = problemsOf(policy);
    if (!errors.isEmpty())
        return fail(refused(errors));
    const api::EscalationRules before = TRY(sla_store::rules(session));
    const api::EscalationRules after { policy, by.name, m_with.clock.now(), before.version + 1 };
    const bool isFirst = (!by.ifMatch || *by.ifMatch == before.version)
        && TRY(sla_store::save(session, after, before.version)) == 1;
    if (!isFirst)
        return fail(stale(QStringLiteral("The escalation rules"), json::encode(before)));
    TRY(beginReview(
        session, QStringLiteral("rules:%1").arg(after.version), json::encode(ReviewScope {}).toObject()
    ));
    return after;
}

// Reviewing --------------------------------------------------------------------

// A timer carries the review from piece to piece: it survives whatever ends this process, and other work goes
// on in between. One per change, so that a later change never loses its place to an earlier one's.
Result<void> TicketService::beginReview(Session &session, const QString &name, const QJsonObject &scope) const
{
    const QString key = QStringLiteral("review:") + name;
    return Outbox::publish(
        session, key, SetTimer { QStringLiteral("ticket"), key, m_with.clock.now(), scope, {} }, {}
    );
}

Result<void> TicketService::review(Session &session, const TimerFired &fired, const QString &traceId) const
{
    ReviewScope scope = TRY(json::fromJson<ReviewScope>(fired.payload));
    const QList<api::TicketId> tickets
        = TRY(sla_store::activeAfter(session, scope.region, scope.calendarVersion, scope.after, reviewPiece));
    for (const api::TicketId &id : tickets)
        TRY(retime(session, id, traceId));
    SetTimer next { QStringLiteral("ticket"), fired.key, m_with.clock.now(), {}, {} };
    if (tickets.size() == reviewPiece) {
        scope.after = tickets.last();
    } else {
        if (scope.isSecondLook)
            return {};
        scope.isSecondLook = true;
        scope.after.reset();
        next.dueAt += secondLook;
    }
    next.payload = json::encode(scope).toObject();
    return Outbox::publish(session, fired.key, next, traceId);
}

Result<void> TicketService::retime(Session &session, api::TicketId id, const QString &traceId) const
{
    std::optional<TicketRow> row = TRY(ticket_store::lock(session, id));
    if (!row)
        return {};
    const std::optional<Instant> arriveBy = row->arriveBy;
    TRY(m_clocks.settle(session, *row, traceId));
    if (row->arriveBy == arriveBy)
        return ticket_store::save(session, *row);
    // A changed promise is news: matching goes by it, and who looks at the ticket sees it.
    row->updatedAt = m_with.clock.now();
    ++row->version;
    TRY(ticket_store::save(session, *row));
    const TicketMove move
        = TicketMove::bySystem(QStringLiteral("Calendar"), TicketAction::open, *row, traceId);
    return Outbox::publishAll(session, { eventOf(QStringLiteral("ticket.retimed"), *row, move) });
}
