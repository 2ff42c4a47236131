#include "office.h"

#include <QUrlQuery>
#include <QWebSocket>

using namespace Qt::StringLiterals;

namespace {

template <class T>
ScriptedAnswer ok(const T &value)
{
    return { 200, json::write(value) };
}

ScriptedAnswer refusal(const Problem &problem)
{
    QJsonObject document = problem.extension;
    document.insert(u"detail"_s, problem.detail);
    document.insert(u"code"_s, problem.code);
    return { traits(problem.kind).status, json::toText(document), "application/problem+json" };
}

bool isActive(api::TicketState state)
{
    return state < api::TicketState::completed;
}

Instant now()
{
    return toInstant(QDateTime::currentDateTimeUtc());
}

} // namespace

api::TicketSummary summaryOf(const api::Ticket &ticket)
{
    api::TicketSummary summary;
    summary.id = ticket.id;
    summary.number = ticket.number;
    summary.customerId = ticket.customerId;
    summary.contactName = ticket.contactName;
    summary.subject = ticket.subject;
    summary.productName = ticket.productName;
    summary.skill = ticket.skill;
    summary.priority = ticket.priority;
    summary.state = ticket.state;
    summary.city = ticket.address.city.toString();
    summary.zip = ticket.address.zip.toString();
    summary.region = ticket.region;
    summary.expert = ticket.expert;
    summary.waitingFor = ticket.waitingFor;
    summary.paused = ticket.paused;
    if (ticket.escalation > 0)
        summary.escalation = ticket.escalation;
    summary.createdAt = ticket.createdAt;
    summary.updatedAt = ticket.updatedAt;
    summary.version = ticket.version;
    return summary;
}

Office::Office(const api::Account &who, QObject *parent)
    : QObject(parent)
    , account(who)
{
    server.acceptPushOnlyWith(m_token);
    server.answerWith([this](const ReceivedRequest &request) { return answer(request); });
    connect(&server, &ScriptedServer::pushReceived, this, [this] {
        if (server.pushed.last().contains("since"_L1))
            server.push->sendTextMessage(QString::fromUtf8(json::write(api::PushWelcome { m_seq, false })));
    });
}

void Office::add(const api::Ticket &ticket)
{
    m_tickets.insert(ticket.id, ticket);
    m_history[ticket.id]
        += { {}, ticket.state, u"open"_s, ticket.contactName, api::Role::customer, {}, ticket.createdAt };
    if (ticket.expert)
        m_history[ticket.id]
            += { api::TicketState::open, ticket.state, u"assign"_s, u"Matching"_s, {}, {}, ticket.updatedAt };
}

void Office::change(api::Ticket ticket, const QString &action, const QString &actor)
{
    const auto before = m_tickets.constFind(ticket.id);
    const bool isKnown = before != m_tickets.constEnd();
    ticket.version = isKnown ? before->version + 1 : ticket.version;
    ticket.updatedAt = now();
    m_history[ticket.id] += { isKnown ? std::optional(before->state) : std::nullopt,
                              ticket.state,
                              action,
                              actor,
                              {},
                              {},
                              ticket.updatedAt };
    m_tickets.insert(ticket.id, ticket);
    push({ summaryOf(ticket), action, actor, {}, m_history[ticket.id].last().from });
}

void Office::push(const api::TicketChanged &change)
{
    push(api::TicketChanged::type, json::encode(change));
}

void Office::push(const api::AccountingChanged &change)
{
    push(api::AccountingChanged::type, json::encode(change));
}

void Office::push(std::string_view type, const QJsonValue &payload)
{
    ++m_seq;
    if (!server.push)
        return;
    const api::PushMessage message { m_seq, toQString(type), now(), payload.toObject() };
    server.push->sendTextMessage(QString::fromUtf8(json::write(message)));
}

const api::Ticket &Office::ticket(const api::TicketId &id) const
{
    return *m_tickets.constFind(id);
}

int Office::count(const QByteArray &method, const QByteArray &target) const
{
    return static_cast<int>(std::ranges::count_if(server.requests, [&](const ReceivedRequest &each) {
        return each.method == method && each.target.startsWith("/api/v1" + target);
    }));
}

std::optional<ScriptedAnswer> Office::answer(const ReceivedRequest &request)
{
    const QUrl url(QString::fromLatin1(request.target));
    const QStringList path = url.path().split(u'/').mid(3);
    const QString area = path.join(u'/');
    if (area == "auth/login"_L1 || area == "auth/refresh"_L1) {
        if (request.body.contains("wrong") || m_token == "none")
            return refusal({ ProblemKind::unauthenticated, {}, {}, {}, {} });
        return ok(api::SignedIn { Secret(m_token), now(), Secret("refresh"_ba), account });
    }
    if (area == "auth/logout"_L1)
        return ScriptedAnswer { 204 };
    if (request.headers.value("authorization") != "Bearer " + m_token)
        return refusal({ ProblemKind::unauthenticated, {}, {}, {}, {} });
    if (area == "accounting"_L1)
        return ok(accounting);
    if (area == "auth/sessions"_L1) {
        return ok(api::Items<api::SessionInfo> {
            { { api::SessionId::make(),
                u"Sysops Squad Expert on van-17"_s,
                u"10.4.1.17"_s,
                now(),
                now(),
                true },
              { api::SessionId::make(),
                u"Firefox on Linux"_s,
                u"81.2.69.142"_s,
                now() - std::chrono::hours(50),
                now() - std::chrono::hours(26),
                false } },
        });
    }
    if (area.startsWith("auth/sessions/"_L1))
        return ScriptedAnswer { 204 };
    if (area == "me"_L1)
        return ok(account);
    if (area == "experts/me/availability"_L1) {
        if (refuseActions)
            return refusal(*refuseActions);
        expert.availability = json::parse<api::AvailabilityChange>(request.body)->availability;
        return ok(expert);
    }
    if (path.constFirst() == "experts"_L1)
        return ok(expert);
    if (area == "ticket-ladder"_L1)
        return ladder(request);
    return path.constFirst() == "tickets"_L1 ? answerTicket(request, path) : ScriptedAnswer { 404 };
}

std::optional<ScriptedAnswer> Office::answerTicket(const ReceivedRequest &request, const QStringList &path)
{
    if (path.size() == 1)
        return insteadOfList ? *insteadOfList : page(request);
    const api::TicketId id(QUuid::fromString(path.at(1)));
    const auto found = m_tickets.constFind(id);
    if (found == m_tickets.constEnd())
        return refusal(Problem::notFound(u"There is no such ticket."_s));
    if (path.size() == 2)
        return ok(*found);
    if (path.at(2) == "history"_L1)
        return ok(api::Items<api::TicketChange> { m_history.value(id) });
    if (path.at(2) == "standing"_L1)
        return ok(standings.value(id));
    if (path.at(2) == "survey"_L1) {
        const auto survey = surveys.constFind(id);
        return survey == surveys.constEnd() ? refusal(Problem::notFound(u"Nobody was asked."_s))
                                            : ok(*survey);
    }
    if (path.at(2) == "sla"_L1)
        return ok(slas.value(id, { id, {}, {}, {}, {} }));
    if (path.at(2) == "explanation"_L1)
        return ok(api::Explanation { id, decisions.value(id) });
    if (dropActions)
        return std::nullopt;
    return act(*found, path.at(2), request.body);
}

ScriptedAnswer Office::act(const api::Ticket &ticket, const QString &action, const QByteArray &body)
{
    using enum api::TicketState;
    static const QHash<QString, api::TicketState> targets { { u"accept"_s, accepted },
                                                            { u"reject"_s, open },
                                                            { u"depart"_s, enRoute },
                                                            { u"arrive"_s, inProgress },
                                                            { u"complete"_s, completed } };
    if (refuseActions) {
        Problem problem = *refuseActions;
        problem.extension.insert(u"ticket"_s, json::encode(summaryOf(ticket)));
        return refusal(problem);
    }
    api::Ticket after = ticket;
    after.state = targets.value(action, ticket.state);
    if (action == "pause"_L1) {
        const api::NewPause pause = *json::parse<api::NewPause>(body);
        after.paused = pause.reason;
        after.pausedUntil = pause.until.value_or(now() + std::chrono::days(3));
    }
    if (action == "resume"_L1) {
        after.paused.reset();
        after.pausedUntil.reset();
    }
    if (action == "reject"_L1)
        after.expert.reset();
    if (action == "complete"_L1)
        after.resolution = json::parse<api::Completion>(body)->note.toString();
    change(after, action, account.name.toString());
    return ok(this->ticket(ticket.id));
}

QList<api::TicketSummary> Office::matching(const QUrlQuery &query) const
{
    const QString state = query.queryItemValue(u"state"_s);
    const QString text = query.queryItemValue(u"q"_s, QUrl::FullyDecoded);
    QList<api::TicketSummary> found;
    for (auto ticket = m_tickets.cend(); ticket != m_tickets.cbegin();) {
        --ticket;
        const bool isTheirs
            = account.role != api::Role::expert || (ticket->expert && ticket->expert->id == account.id);
        const bool fits = isTheirs
            && (query.queryItemValue(u"active"_s) != "true"_L1 || isActive(ticket->state))
            && (state.isEmpty() || enumName(ticket->state) == state)
            && (text.isEmpty() || ticket->subject.contains(text, Qt::CaseInsensitive)
                || ticket->number == text);
        if (fits)
            found += summaryOf(*ticket);
    }
    return found;
}

ScriptedAnswer Office::page(const ReceivedRequest &request) const
{
    const QUrlQuery query(QUrl(QString::fromLatin1(request.target)));
    QString before = query.queryItemValue(u"cursor"_s);
    if (before.isEmpty())
        before = query.queryItemValue(u"before"_s);
    const QList<api::TicketSummary> found = matching(query);
    api::Page<api::TicketSummary> page;
    page.total = found.size();
    for (const api::TicketSummary &ticket : found) {
        if (!before.isEmpty() && ticket.id.toString() >= before)
            continue;
        if (page.items.size() == pageSize) {
            page.nextCursor = page.items.last().id.toString();
            break;
        }
        page.items += ticket;
    }
    return ok(page);
}

ScriptedAnswer Office::ladder(const ReceivedRequest &request) const
{
    const QList<api::TicketSummary> found = matching(QUrlQuery(QUrl(QString::fromLatin1(request.target))));
    api::TicketLadder ladder { found.size(), {} };
    for (qsizetype i = api::TicketLadder::step; i <= found.size(); i += api::TicketLadder::step)
        ladder.ends += found.at(i - 1).id;
    return ok(ladder);
}
