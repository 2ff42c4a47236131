#include "tests/journeys/demo/expert_robot.h"

using api::TicketState;

ExpertRobot::ExpertRobot(
    const QUrl &server,
    const QString &email,
    const QString &password,
    double secondsPerMinute,
    QObject *parent
)
    : QObject(parent)
    , m_person(server, email, password)
    , m_secondsPerMinute(secondsPerMinute)
{
    m_timer.setSingleShot(true);
    m_person.push().on<api::TicketChanged>(this, [this](const api::TicketChanged &change) { hear(change); });
    connect(&m_person.push(), &PushChannel::gap, this, &ExpertRobot::catchUp);
    connect(&m_person, &Person::refused, this, &ExpertRobot::refused);
    connect(&m_person, &Person::signedIn, this, [this] {
        m_person.call<api::expert::SetAvailability>(
            [this](const api::Expert &) {
                catchUp();
                emit ready();
            },
            [this](const Problem &problem) { emit refused(problem); },
            api::AvailabilityChange { api::Availability::available }
        );
    });
}

void ExpertRobot::hear(const api::TicketChanged &change)
{
    const bool isMine = change.ticket.expert && change.ticket.expert->id == m_person.account().id;
    if (isMine && change.ticket.state == TicketState::assigned && m_job != change.ticket.id)
        take(change.ticket);
    else if (!isMine && m_job == change.ticket.id)
        m_job.reset(); // taken away: cancelled, or given to somebody else
}

// What happened before the line was up.
void ExpertRobot::catchUp()
{
    api::TicketQuery active;
    active.active = true;
    m_person.call<api::ticket::List>(
        [this](const api::Page<api::TicketSummary> &page) {
            for (const api::TicketSummary &ticket : page.items) {
                if (m_job != ticket.id)
                    take(ticket);
            }
        },
        [this](const Problem &) { after(1, [this] { catchUp(); }); },
        active
    );
}

void ExpertRobot::take(const api::TicketSummary &ticket)
{
    m_job = ticket.id;
    emit received(ticket);
    m_person.call<api::ticket::Fetch>(
        [this](const api::Ticket &whole) { next(whole); },
        [this](const Problem &why) { lose(why); },
        api::TicketRef { ticket.id }
    );
}

void ExpertRobot::next(const api::Ticket &ticket)
{
    const auto go = [this](const api::Ticket &moved) { next(moved); };
    const auto stop = [this](const Problem &why) { lose(why); };
    const api::TicketRef ref { ticket.id };
    switch (ticket.state) {
    case TicketState::assigned:
        return after(1, [=, this] { m_person.call<api::ticket::Accept>(go, stop, ref); });
    case TicketState::accepted:
        return after(2, [=, this] { m_person.call<api::ticket::Depart>(go, stop, ref); });
    case TicketState::enRoute:
        return after(20, [=, this] { m_person.call<api::ticket::Arrive>(go, stop, ref); });
    case TicketState::inProgress: {
        const api::Completion fixed { api::CompletionOutcome::fixed,
                                      *Text<1, 4000>::parse(QStringLiteral("Repaired and tested.")) };
        return after(ticket.minutes, [=, this] {
            m_person.call<api::ticket::Complete>(go, stop, ref, fixed);
        });
    }
    case TicketState::completed:
        m_job.reset();
        emit finished(ticket.id);
        return;
    case TicketState::open:
    case TicketState::closed:
    case TicketState::cancelled:
        m_job.reset();
    }
}

void ExpertRobot::after(double minutes, std::function<void()> action)
{
    m_timer.disconnect();
    m_timer.callOnTimeout(this, std::move(action));
    m_timer.start(std::chrono::milliseconds(qRound64(minutes * m_secondsPerMinute * 1000)));
}

// The server knows better: look again at what is ours now.
void ExpertRobot::lose(const Problem &)
{
    m_job.reset();
    after(1, [this] { catchUp(); });
}
