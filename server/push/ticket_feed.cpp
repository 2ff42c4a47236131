#include "server/push/ticket_feed.h"

#include "server/push/account_feed.h"
#include "server/push/push_hub.h"

#include <array>

using namespace Qt::StringLiterals;

namespace {

// Commands and answers between services travel on the same topic and tell nobody anything.
constexpr std::array between { AssignmentProposed::type, MatchFailed::type, AssignmentRefused::type };

PushFeed::Entry entry(const Audience &audience, const api::TicketChanged &change)
{
    return { audience, toQString(api::TicketChanged::type), json::encode(change).toObject() };
}

// The way to their door, and nobody's name before they have said yes. The version travels on all the same,
// because the next thing the customer does must name it.
api::TicketChanged forCustomer(api::TicketChanged change)
{
    static const QStringList behindTheScenes { u"assigned"_s,  u"rejected"_s, u"silent"_s, u"escalated"_s,
                                               u"rematched"_s, u"restated"_s, u"retimed"_s };
    if (behindTheScenes.contains(change.action)) {
        change.action = u"updated"_s;
        change.actor.clear();
        change.reason.reset();
    }
    change.ticket.escalation.reset();
    change.from.reset();
    if (change.ticket.state == api::TicketState::assigned) {
        change.ticket.state = api::TicketState::open;
        change.ticket.expert.reset();
    }
    return change;
}

// That it is no longer theirs, but not whose it is.
api::TicketChanged forPreviousExpert(api::TicketChanged change)
{
    change.ticket.expert.reset();
    change.ticket.waitingFor.reset();
    return change;
}

// The news of a batch of events.
struct Gathered
{
    QList<PushFeed::News> news;
};

Result<void> append(Session &session, const Gathered &gathered, PushHub &hub)
{
    const QList<FeedRow> rows = TRY(PushFeed::append(session, gathered.news));
    session.afterCommit([&hub, rows] { hub.deliver(rows); });
    return {};
}

} // namespace

QList<PushFeed::Entry> entriesFor(const TicketEvent &event)
{
    const api::TicketChanged change { event.ticket, event.action, event.actor, event.reason, event.from };
    QList<PushFeed::Entry> entries { entry(Audience::staff(), change) };
    entries += entry(Audience::of(event.ticket.customerId), forCustomer(change));
    if (event.ticket.expert)
        entries += entry(Audience::of(event.ticket.expert->id), change);
    if (event.previousExpert && (!event.ticket.expert || event.ticket.expert->id != *event.previousExpert))
        entries += entry(Audience::of(*event.previousExpert), forPreviousExpert(change));
    return entries;
}

std::shared_ptr<Consumer> pushFeed(PushHub &hub)
{
    auto consumer = std::make_shared<Consumer>(u"push"_s, PushFeed::role);
    consumer->onType(u"ticket.*"_s, [&hub](Session &session, const Event &event) -> Result<void> {
        if (std::ranges::find(between, event.type.toStdString()) != between.end())
            return {};
        const TicketEvent change = TRY(json::fromJson<TicketEvent>(event.payload));
        auto &gathered = session.gathered<Gathered>();
        if (gathered.news.isEmpty())
            session.beforeCommit([&session, &gathered, &hub] { return append(session, gathered, hub); });
        gathered.news += PushFeed::News { entriesFor(change), event.occurredAt };
        return {};
    });
    addAccountFeed(*consumer, hub);
    return consumer;
}
