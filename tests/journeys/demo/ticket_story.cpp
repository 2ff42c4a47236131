#include "tests/journeys/demo/ticket_story.h"

#include <QProcessEnvironment>
#include <QTimer>

#include <cstdio>

using api::TicketState;

namespace {

constexpr auto customerEmail = "customer@demo.squad.example";
constexpr auto managerEmail = "manager@demo.squad.example";
const QString expertApp = QStringLiteral("expert-client/sysops-expert");
const QString managerApp = QStringLiteral("manager-client/sysops-manager");

template <class T>
T typed(const char *text)
{
    return *T::parse(QString::fromUtf8(text));
}

} // namespace

TicketStory::TicketStory(const Options &options)
    : m_options(options)
    , m_customer(options.server, QLatin1String(customerEmail), options.password)
    , m_manager(options.server, QLatin1String(managerEmail), options.password)
{
    for (Person *person : { &m_customer, &m_manager })
        connect(person, &Person::refused, this, &TicketStory::giveUp);
    connect(&m_manager, &Person::signedIn, &m_customer, &Person::signIn);
    connect(&m_customer, &Person::signedIn, this, &TicketStory::file);

    m_customer.push().on<api::TicketChanged>(this, [this](const api::TicketChanged &change) {
        if (m_ticket == change.ticket.id && change.action != QLatin1String("opened")
            && change.ticket.state != TicketState::open)
            tell(
                m_customer.account().name.toString(),
                tr("the page says: %1").arg(enumName(change.ticket.state))
            );
    });
    // The manager's feed tells who got it; the expert's own window shows it in the picture below.
    m_manager.push().on<api::TicketChanged>(this, [this](const api::TicketChanged &change) {
        if (m_ticket != change.ticket.id || m_assigned)
            return;
        if (change.ticket.waitingFor)
            return tell(QStringLiteral("Matching"), *change.ticket.waitingFor);
        if (!change.ticket.expert)
            return;
        m_assigned = true;
        tell(
            QStringLiteral("Matching"),
            tr("%1 gets it, %2 ms after it was filed")
                .arg(change.ticket.expert->name)
                .arg(m_clock.elapsed() - m_filedAt)
        );
        m_manager.call<api::expert::Fetch>(
            [this](const api::Expert &expert) { expertArrives(expert); },
            [this](const Problem &why) { giveUp(why); },
            api::AccountRef { change.ticket.expert->id }
        );
    });
}

void TicketStory::start()
{
    m_clock.start();
    m_manager.signIn();
}

void TicketStory::tell(const QString &who, const QString &what)
{
    std::printf("%6.1f s  %-18s %s\n", double(m_clock.elapsed()) / 1000, qPrintable(who), qPrintable(what));
    std::fflush(stdout);
}

void TicketStory::giveUp(const Problem &why)
{
    tell(QStringLiteral("The story ends"), why.detail);
    emit finished(1);
}

void TicketStory::file()
{
    const auto refused = [this](const Problem &why) { giveUp(why); };
    api::ProductQuery query;
    query.q = typed<Text<0, 100>>("LG Smart TV");
    m_customer.call<api::catalog::Products>(
        [this, refused](const api::Page<api::Product> &page) {
            if (page.items.isEmpty())
                return giveUp(Problem::notFound(tr("The catalogue is empty.")));
            const api::Account &me = m_customer.account();
            const api::NewTicket ticket {
                .productId = page.items.first().id,
                .subject = typed<Text<1, 200>>("The picture flickers and then goes black"),
                .description = typed<Text<0, 4000>>("It started yesterday in the storm. The sound goes on. "
                                                    "Turning it off and on again helps for a minute."),
                .serialNumber = typed<Text<0, 60>>("LGTV-55-0042"),
                .contactName = me.name,
                .contactPhone = me.phone.value_or(typed<Phone>("212-555-0100")),
                .address = me.address.value_or(api::Address { typed<Text<1, 200>>("350 5th Avenue"),
                                                              {},
                                                              typed<Text<1, 100>>("New York"),
                                                              typed<Text<2, 2>>("NY"),
                                                              typed<ZipCode>("10001") }),
                .customerId = {},
            };
            m_filedAt = m_clock.elapsed();
            m_customer.call<api::ticket::Open>(
                [this](const api::Ticket &filed) {
                    m_ticket = filed.id;
                    tell(
                        m_customer.account().name.toString(),
                        tr("files %1, \"%2\", about a %3; stored for good %4 ms later")
                            .arg(filed.number, filed.subject, filed.productName)
                            .arg(m_clock.elapsed() - m_filedAt)
                    );
                },
                refused,
                ticket
            );
        },
        refused,
        query
    );
}

void TicketStory::expertArrives(const api::Expert &expert)
{
    m_manager.call<api::ticket::Explain>(
        [this](const api::Explanation &why) {
            if (!why.decisions.isEmpty())
                tell(QStringLiteral("Why"), why.decisions.first().summary);
        },
        [this](const Problem &why) { giveUp(why); },
        api::TicketRef { *m_ticket }
    );
    m_expert = std::make_unique<Person>(m_options.server, expert.email.toString(), m_options.password);
    connect(m_expert.get(), &Person::refused, this, &TicketStory::giveUp);
    connect(m_expert.get(), &Person::signedIn, this, [this, email = expert.email.toString()] {
        photograph(expertApp, email, QStringLiteral("expert-new-job"), [this] {
            m_expert->call<api::ticket::Fetch>(
                [this](const api::Ticket &ticket) { step(ticket); },
                [this](const Problem &why) { giveUp(why); },
                api::TicketRef { *m_ticket }
            );
        });
    });
    m_expert->signIn();
}

// One action of the expert after the other, with a breath in between for the reader.
void TicketStory::step(const api::Ticket &ticket)
{
    const QString who = m_expert->account().name.toString();
    const auto go
        = [this](const api::Ticket &moved) { QTimer::singleShot(700, this, [this, moved] { step(moved); }); };
    const auto refused = [this](const Problem &why) { giveUp(why); };
    const api::TicketRef ref { ticket.id };
    switch (ticket.state) {
    case TicketState::assigned:
        tell(who, tr("accepts"));
        return m_expert->call<api::ticket::Accept>(go, refused, ref);
    case TicketState::accepted:
        tell(
            who,
            tr("sets out for %1, %2").arg(ticket.address.line1.toString(), ticket.address.city.toString())
        );
        return m_expert->call<api::ticket::Depart>(go, refused, ref);
    case TicketState::enRoute:
        tell(who, tr("arrives"));
        return m_expert->call<api::ticket::Arrive>(go, refused, ref);
    case TicketState::inProgress: {
        const api::Completion fixed {
            api::CompletionOutcome::fixed,
            typed<Text<1, 4000>>("Replaced the power board and tested for half an hour.")
        };
        const auto repair = [=, this] {
            tell(who, tr("repairs it: %1").arg(fixed.note.toString()));
            m_expert->call<api::ticket::Complete>(go, refused, ref, fixed);
        };
        return photograph(expertApp, m_expert->email(), QStringLiteral("expert-at-work"), [=, this] {
            photograph(managerApp, QLatin1String(managerEmail), QStringLiteral("manager-tickets"), repair);
        });
    }
    default:
        end(ticket.id);
    }
}

void TicketStory::end(const api::TicketId &id)
{
    m_manager.call<api::ticket::History>(
        [this](const api::Items<api::TicketChange> &history) {
            tell(QStringLiteral("History"), tr("%1 changes, none lost").arg(history.items.size()));
            tell(QStringLiteral("The end"), tr("pictures are in %1").arg(m_options.pictures.absolutePath()));
            emit finished(0);
        },
        [this](const Problem &why) { giveUp(why); },
        api::TicketRef { id }
    );
}

void TicketStory::photograph(
    const QString &program, const QString &email, const QString &name, std::function<void()> then
)
{
    auto *app = new QProcess(this);
    const QString file = m_options.pictures.filePath(name + QStringLiteral(".png"));
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!environment.contains(QStringLiteral("DISPLAY"))
        && !environment.contains(QStringLiteral("WAYLAND_DISPLAY")))
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    app->setProcessEnvironment(environment);
    app->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    connect(app, &QProcess::finished, this, [this, app, file, then = std::move(then)] {
        app->deleteLater();
        tell(QStringLiteral("Picture"), QFile::exists(file) ? file : tr("%1 could not be taken").arg(file));
        then();
    });
    app->start(
        m_options.programs.filePath(program),
        { QStringLiteral("--server"),
          m_options.server.toString(),
          QStringLiteral("--email"),
          email,
          QStringLiteral("--password-stdin"),
          QStringLiteral("--screenshot"),
          file }
    );
    app->write(m_options.password.toUtf8() + '\n');
    app->closeWriteChannel();
}
