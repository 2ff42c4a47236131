#include "expert-client/features/job/job_action.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace {

struct Job
{
    Q_DECLARE_TR_FUNCTIONS(JobAction)
};

} // namespace

JobActions actionsFor(const api::Ticket &ticket)
{
    switch (ticket.state) {
    case api::TicketState::assigned:
        return { JobAction::accept, JobAction::reject };
    case api::TicketState::accepted:
        return ticket.paused ? JobActions { JobAction::resume, JobAction::reject }
                             : JobActions { JobAction::depart, JobAction::reject, JobAction::hold };
    case api::TicketState::enRoute:
        return ticket.paused ? JobActions { JobAction::resume }
                             : JobActions { JobAction::arrive, {}, JobAction::hold };
    case api::TicketState::inProgress:
        return ticket.paused ? JobActions { JobAction::resume }
                             : JobActions { JobAction::complete, {}, JobAction::hold };
    case api::TicketState::open:
    case api::TicketState::completed:
    case api::TicketState::closed:
    case api::TicketState::cancelled:
        return {};
    }
    Q_UNREACHABLE();
}

JobActionWords wordsOf(JobAction action)
{
    switch (action) {
    case JobAction::accept:
        return { Job::tr("Accept the job"), Job::tr("Accepting …"), Job::tr("You accepted %1."), u"check"_s };
    case JobAction::reject:
        return {
            Job::tr("Turn down …"), Job::tr("Turning down …"), Job::tr("You turned %1 down."), u"cross"_s
        };
    case JobAction::depart:
        return { Job::tr("Start travelling"),
                 Job::tr("Telling the customer …"),
                 Job::tr("The customer of %1 knows that you are on the way."),
                 u"van"_s };
    case JobAction::arrive:
        return {
            Job::tr("I have arrived"), Job::tr("Arriving …"), Job::tr("You arrived for %1."), u"flag"_s
        };
    case JobAction::complete:
        return { Job::tr("Complete …"), Job::tr("Completing …"), Job::tr("%1 is done."), u"check-circle"_s };
    case JobAction::hold:
        return {
            Job::tr("Put on &hold …"), Job::tr("Putting on hold …"), Job::tr("%1 is on hold."), u"clock"_s
        };
    case JobAction::resume:
        return { Job::tr("&Go on with the job"), Job::tr("Going on …"), Job::tr("%1 goes on."), u"repeat"_s };
    }
    Q_UNREACHABLE();
}
