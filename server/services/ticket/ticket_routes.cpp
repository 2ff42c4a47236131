#include "server/services/ticket/ticket_routes.h"

#include "server/http/routes.h"
#include "server/services/ticket/ticket_service.h"
#include "shared/api/customer.h"

namespace {

using namespace api::ticket;

void addIntake(Routes &routes, const TicketService &tickets)
{
    routes.gather<Open>([&](Session &session, const QList<Routes::Call<Open>> &calls) {
        QList<TicketService::Intake> drafts;
        drafts.reserve(calls.size());
        for (const Routes::Call<Open> &call : calls)
            drafts.append({ call.by, call.body });
        return tickets.open(session, drafts);
    });
}

void addViews(Routes &routes, const TicketService &tickets)
{
    routes.on<List>([&](Session &session, const Caller &by, const api::TicketQuery &query) {
        return tickets.list(session, by, query);
    });
    routes.on<Ladder>([&](Session &session, const Caller &, const api::TicketLadderQuery &query) {
        return tickets.ladder(session, query);
    });
    routes.on<api::customer::FetchUsage>([&](Session &session, const Caller &by, const api::AccountRef &ref) {
        return tickets.planUsage(session, by, ref.id);
    });
    routes.on<Fetch>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return tickets.fetch(session, by, ref.id);
    });
    routes.on<History>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return tickets.history(session, by, ref.id);
    });
    routes.on<Comments>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return tickets.comments(session, by, ref.id);
    });
    routes.on<AddComment>(
        [&](Session &session, const Caller &by, const api::TicketRef &ref, const api::NewComment &comment) {
            return tickets.comment(session, by, ref.id, comment.text.toString());
        }
    );
}

void addExpertActions(Routes &routes, const TicketService &tickets)
{
    routes.on<Accept>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return tickets.accept(session, by, ref.id);
    });
    routes.on<Reject>(
        [&](Session &session, const Caller &by, const api::TicketRef &ref, const api::Reason &why) {
            return tickets.reject(session, by, ref.id, why.reason.toString());
        }
    );
    routes.on<Depart>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return tickets.depart(session, by, ref.id);
    });
    routes.on<Arrive>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return tickets.arrive(session, by, ref.id);
    });
    routes.on<Complete>(
        [&](Session &session, const Caller &by, const api::TicketRef &ref, const api::Completion &completion
        ) { return tickets.complete(session, by, ref.id, completion); }
    );
}

void addDeskActions(Routes &routes, const TicketService &tickets)
{
    routes.on<Cancel>(
        [&](Session &session, const Caller &by, const api::TicketRef &ref, const api::Reason &why) {
            return tickets.cancel(session, by, ref.id, why.reason.toString());
        }
    );
    routes.on<Reopen>(
        [&](Session &session, const Caller &by, const api::TicketRef &ref, const api::Reason &why) {
            return tickets.reopen(session, by, ref.id, why.reason.toString());
        }
    );
    routes.on<Escalate>(
        [&](Session &session, const Caller &by, const api::TicketRef &ref, const api::Reason &why) {
            return tickets.escalate(session, by, ref.id, why.reason.toString());
        }
    );
    routes.on<Pause>(
        [&](Session &session, const Caller &by, const api::TicketRef &ref, const api::NewPause &pause) {
            return tickets.pause(session, by, ref.id, pause);
        }
    );
    routes.on<Resume>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return tickets.resume(session, by, ref.id);
    });
    routes.on<Assign>(
        [&](Session &session, const Caller &by, const api::TicketRef &ref, const api::Assignment &assignment
        ) { return tickets.assign(session, by, ref.id, assignment); }
    );
}

void addTime(Routes &routes, const TicketService &tickets)
{
    routes.on<api::sla::Inspect>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return tickets.sla(session, by, ref.id);
    });
    routes.on<api::sla::Calendars>([&](Session &session, const Caller &) {
        return tickets.calendars(session);
    });
    routes.on<api::sla::EditCalendar>([&](Session &session,
                                          const Caller &by,
                                          const api::CalendarRef &ref,
                                          const api::CalendarContent &content) {
        return tickets.editCalendar(session, by, ref.region.toString(), content);
    });
    routes.on<api::sla::Rules>([&](Session &session, const Caller &) {
        return tickets.escalationRules(session);
    });
    routes.on<api::sla::EditRules>([&](Session &session, const Caller &by, const api::EscalationPolicy &policy
                                   ) { return tickets.editEscalationRules(session, by, policy); });
}

} // namespace

void addTicketRoutes(Routes &routes, const TicketService &tickets)
{
    addIntake(routes, tickets);
    addViews(routes, tickets);
    addExpertActions(routes, tickets);
    addDeskActions(routes, tickets);
    addTime(routes, tickets);
}
