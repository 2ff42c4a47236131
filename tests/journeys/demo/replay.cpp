#include "tests/journeys/demo/replay.h"

#include <QFile>
#include <QRegularExpression>

#include <cstdio>

using api::TicketState;

namespace {

void say(const QString &line)
{
    std::puts(qPrintable(line));
    std::fflush(stdout);
}

QString readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

template <class T>
T typed(const QString &text)
{
    const auto parsed = T::parse(text);
    if (!parsed)
        qFatal("the stream has a text that cannot be used: %s", qPrintable(text));
    return *parsed;
}

qint64 percentile(const QList<qint64> &sorted, double part)
{
    return sorted.isEmpty() ? 0 : sorted.at(qMin(sorted.size() - 1, qsizetype(part * double(sorted.size()))));
}

// One line per kind of reason, whatever the place, the skill and the numbers.
QString kindOf(QString reason)
{
    static const QRegularExpression detail(QStringLiteral("\"[^\"]*\"|[0-9]+(:[0-9]+)?"));
    return reason.replace(detail, QStringLiteral("…"));
}

bool serves(const api::Expert &expert, const QString &zip)
{
    return std::ranges::any_of(expert.areas, [&](const auto &area) {
        return zip.startsWith(area.toString());
    });
}

bool masters(const api::Expert &expert, const QString &skill)
{
    return std::ranges::any_of(expert.skills, [&](const auto &each) {
        return each.skill.toString() == skill;
    });
}

} // namespace

Replay::Replay(const Options &options)
    : m_options(options)
    , m_stream(readFile(options.file))
{
    m_clock.start();
    connect(&m_filing, &QTimer::timeout, this, &Replay::fileNext);
    connect(&m_progress, &QTimer::timeout, this, &Replay::progress);
}

void Replay::start()
{
    if (m_stream.size() == 0 || !m_stream.has(QStringLiteral("Product Purchased"))) {
        say(QStringLiteral("%1 is no stream of tickets: it needs the columns \"Product Purchased\", \"Ticket "
                           "Subject\" and "
                           "\"Ticket Description\".")
                .arg(m_options.file));
        emit finished(2);
        return;
    }
    if (m_options.limit <= 0 || m_options.limit > m_stream.size())
        m_options.limit = m_stream.size();
    qint64 people = 0;
    for (const QString &line : readFile(QStringLiteral(":/seed/zip3.tsv")).split(u'\n').mid(1)) {
        const QStringList columns = line.split(u'\t');
        people += columns.value(6).toLongLong();
        if (columns.value(6).toLongLong() > 0)
            m_prefixes.append({ columns.first(), people });
    }
    signInManager();
}

void Replay::giveUp(const QString &what, const Problem &why)
{
    say(QStringLiteral("%1: %2").arg(what, why.detail));
    emit finished(1);
}

// Getting ready --------------------------------------------------------------

void Replay::signInManager()
{
    m_manager = std::make_unique<Person>(
        m_options.server, QStringLiteral("manager@demo.squad.example"), m_options.password
    );
    connect(m_manager.get(), &Person::refused, this, [this](const Problem &why) {
        giveUp(QStringLiteral("The demo manager cannot sign in"), why);
    });
    connect(m_manager.get(), &Person::signedIn, this, [this] { loadProducts({}); });
    // Who had to wait for somebody to get free says nothing about how quick the machinery is.
    m_manager->push().on<api::TicketChanged>(this, [this](const api::TicketChanged &change) {
        if (change.action == QLatin1String("waiting"))
            m_waited.insert(change.ticket.id);
    });
    m_manager->signIn();
}

void Replay::loadProducts(const std::optional<QString> &cursor)
{
    api::ProductQuery query;
    query.limit = api::PageLimit { 200 };
    if (cursor)
        query.cursor = typed<api::Cursor>(*cursor);
    m_manager->call<api::catalog::Products>(
        [this](const api::Page<api::Product> &page) {
            m_products += page.items;
            if (page.nextCursor)
                loadProducts(page.nextCursor);
            else
                loadExperts({});
        },
        [this](const Problem &why) { giveUp(QStringLiteral("The catalogue cannot be read"), why); },
        query
    );
}

void Replay::loadExperts(const std::optional<QString> &cursor)
{
    api::PeopleQuery query;
    query.limit = api::PageLimit { 200 };
    if (cursor)
        query.cursor = typed<api::Cursor>(*cursor);
    m_manager->call<api::expert::List>(
        [this](const api::Page<api::Expert> &page) {
            m_experts += page.items;
            if (page.nextCursor)
                return loadExperts(page.nextCursor);
            say(QStringLiteral("%1 experts and %2 customers are signing in …")
                    .arg(m_experts.size())
                    .arg(m_options.customers));
            m_awaited = m_experts.size();
            for (const api::Expert &expert : m_experts) {
                auto robot = std::make_unique<ExpertRobot>(
                    m_options.server, expert.email.toString(), m_options.password, 60 / m_options.speed
                );
                connect(robot.get(), &ExpertRobot::refused, this, [this](const Problem &why) {
                    giveUp(QStringLiteral("A demo expert cannot sign in"), why);
                });
                connect(robot.get(), &ExpertRobot::ready, this, [this] {
                    if (--m_awaited == 0)
                        registerNextCustomer();
                });
                connect(robot.get(), &ExpertRobot::received, this, [this](const api::TicketSummary &ticket) {
                    m_lastNews = m_clock.elapsed();
                    if (!m_received.contains(ticket.id))
                        m_received.insert(ticket.id, m_lastNews);
                });
                connect(robot.get(), &ExpertRobot::finished, this, [this] {
                    m_lastNews = m_clock.elapsed();
                    ++m_done;
                });
                robot->start();
                m_robots.push_back(std::move(robot));
            }
        },
        [this](const Problem &why) { giveUp(QStringLiteral("The experts cannot be listed"), why); },
        query
    );
}

// One after the other: a password takes the server a while on purpose.
void Replay::registerNextCustomer()
{
    const int number = int(m_customers.size()) + 1;
    if (number > m_options.customers)
        return begin();
    const QString email
        = QStringLiteral("replay-%1@customers.example").arg(makeUuid7().toString(QUuid::WithoutBraces));
    const api::Registration registration {
        .email = typed<Email>(email),
        .password = Secret(m_options.password.toUtf8()),
        .name = typed<api::Name>(QStringLiteral("Replay Customer %1").arg(number)),
        .phone = typed<Phone>(QStringLiteral("212-555-0%1").arg(100 + number)),
        .address = { .line1 = typed<Text<1, 200>>(QStringLiteral("%1 Main Street").arg(number)),
                     .line2 = {},
                     .city = typed<Text<1, 100>>(QStringLiteral("New York")),
                     .state = typed<Text<2, 2>>(QStringLiteral("NY")),
                     .zip = typed<ZipCode>(QStringLiteral("10001")) },
    };
    m_manager->call<api::auth::Register>(
        [this, email](const api::SignedIn &) {
            auto customer = std::make_unique<Person>(m_options.server, email, m_options.password);
            connect(customer.get(), &Person::refused, this, [this](const Problem &why) {
                giveUp(QStringLiteral("A customer cannot sign in"), why);
            });
            connect(customer.get(), &Person::signedIn, this, [this, person = customer.get()] {
                buyPlan(*person);
            });
            customer->signIn();
            m_customers.push_back(std::move(customer));
        },
        [this](const Problem &why) { giveUp(QStringLiteral("A customer cannot register"), why); },
        registration
    );
}

void Replay::buyPlan(Person &customer)
{
    const auto refused
        = [this](const Problem &why) { giveUp(QStringLiteral("A customer cannot buy a plan"), why); };
    customer.call<api::catalog::Plans>(
        [this, &customer, refused](const api::Items<api::Plan> &plans) {
            customer.call<api::catalog::Subscribe>(
                [this](const api::Subscription &) { registerNextCustomer(); },
                refused,
                api::NewSubscription { plans.items.last().id }
            );
        },
        refused
    );
}

// Filing ---------------------------------------------------------------------

void Replay::begin()
{
    say(QStringLiteral("filing %1 tickets, %2 a second …").arg(m_options.limit).arg(m_options.speed));
    m_lastNews = m_clock.elapsed();
    m_filing.start(std::chrono::milliseconds(qMax(1, qRound(1000 / m_options.speed))));
    m_progress.start(std::chrono::seconds(2));
}

QString Replay::drawZip()
{
    const qint64 at = qint64(m_random.generate64() >> 1) % m_prefixes.last().second;
    const auto place = std::ranges::upper_bound(m_prefixes, at, {}, &std::pair<QString, qint64>::second);
    return place->first + QStringLiteral("01");
}

api::NewTicket Replay::draft(qsizetype row, const Person &customer)
{
    const QString name = m_stream.value(row, QStringLiteral("Product Purchased"));
    auto product = std::ranges::find(m_products, name, &api::Product::name);
    if (product == m_products.end())
        product = m_products.begin() + m_random.bounded(m_products.size());
    QString text = m_stream.value(row, QStringLiteral("Ticket Description"));
    text.replace(QLatin1String("{product_purchased}"), product->name);
    text.removeIf([](QChar c) { return c.unicode() < 0x20 && c != u'\n'; });
    const QString subject = m_stream.value(row, QStringLiteral("Ticket Subject"));
    return {
        .productId = product->id,
        .subject = typed<Text<1, 200>>(subject.isEmpty() ? QStringLiteral("Broken") : subject.left(200)),
        .description = typed<Text<0, 4000>>(text.left(4000)),
        .serialNumber = {},
        .contactName = customer.account().name,
        .contactPhone = typed<Phone>(QStringLiteral("212-555-0100")),
        .address = { .line1 = typed<Text<1, 200>>(QStringLiteral("%1 Main Street").arg(row + 1)),
                     .line2 = {},
                     .city = typed<Text<1, 100>>(QStringLiteral("Springfield")),
                     .state = typed<Text<2, 2>>(QStringLiteral("NY")),
                     .zip = typed<ZipCode>(drawZip()) },
        .customerId = {},
    };
}

void Replay::fileNext()
{
    if (m_next == m_options.limit) {
        m_filing.stop();
        return;
    }
    const qsizetype row = m_next++;
    file(
        *m_customers.at(size_t(row) % m_customers.size()), row, makeUuid7().toByteArray(QUuid::WithoutBraces)
    );
}

void Replay::file(Person &customer, qsizetype row, const QByteArray &key)
{
    const api::NewTicket ticket = draft(row, customer);
    const qint64 sentAt = m_clock.elapsed();
    ++m_inFlight;
    CallOptions options;
    options.idempotencyKey = key;
    customer.call<api::ticket::Open>(
        [this, sentAt](const api::Ticket &filed) {
            --m_inFlight;
            m_lastNews = m_clock.elapsed();
            m_filed.insert(filed.id, { sentAt, filed.address.zip.toString() });
        },
        [this](const Problem &why) {
            --m_inFlight;
            if (++m_refused == 1)
                say(QStringLiteral("a ticket was refused: %1").arg(why.detail));
        },
        ticket,
        options
    );
}

void Replay::progress()
{
    say(QStringLiteral("  %1 s: %2 filed, %3 reached an expert, %4 done, %5 refused")
            .arg(m_clock.elapsed() / 1000)
            .arg(m_filed.size())
            .arg(m_received.size())
            .arg(m_done)
            .arg(m_refused));
    if (m_next < m_options.limit || m_inFlight > 0) {
        m_lastFiling = m_clock.elapsed();
        return;
    }
    // Nobody is at work and nothing has moved: what waits now waits for a reason, which the account has to
    // name. So it has for the queue behind a single expert, whose end nobody needs to see.
    constexpr qint64 quiet = 10'000;
    constexpr qint64 patience = 60'000;
    const bool atWork = std::ranges::any_of(m_robots, [](const auto &robot) { return robot->isWorking(); });
    const bool isQuiet = !atWork && m_clock.elapsed() - m_lastNews > quiet;
    if (isQuiet || m_clock.elapsed() - m_lastFiling > patience) {
        m_progress.stop();
        account({});
    }
}

// Accounting -----------------------------------------------------------------

void Replay::account(const std::optional<QString> &cursor)
{
    api::TicketQuery query;
    query.limit = api::PageLimit { 200 };
    if (cursor)
        query.cursor = typed<api::Cursor>(*cursor);
    m_manager->call<api::ticket::List>(
        [this](const api::Page<api::TicketSummary> &page) {
            bool ours = false;
            for (const api::TicketSummary &summary : page.items) {
                if (m_filed.contains(summary.id)) {
                    ours = true;
                    examine(summary);
                }
            }
            if (page.nextCursor && (ours || m_seen.isEmpty()))
                account(page.nextCursor);
            else
                report();
        },
        [this](const Problem &why) { giveUp(QStringLiteral("The tickets cannot be listed"), why); },
        query
    );
}

void Replay::examine(const api::TicketSummary &summary)
{
    m_seen.insert(summary.id, true);
    if (summary.state == TicketState::open) {
        ++m_waiting[kindOf(summary.waitingFor.value_or(QStringLiteral("nobody said why")))];
        return;
    }
    ++m_matched;
    if (!summary.expert)
        return;
    const auto expert = std::ranges::find(m_experts, summary.expert->id, &api::Expert::id);
    if (expert == m_experts.end())
        m_wrong += QStringLiteral("%1: nobody knows its expert").arg(summary.number);
    else if (!masters(*expert, summary.skill))
        m_wrong += QStringLiteral("%1: %2 has not learnt %3")
                       .arg(summary.number, summary.expert->name, summary.skill);
    else if (!serves(*expert, summary.zip))
        m_wrong += QStringLiteral("%1: %2 does not serve %3")
                       .arg(summary.number, summary.expert->name, summary.zip);
}

void Replay::report()
{
    QList<qint64> latencies;
    for (auto received = m_received.cbegin(); received != m_received.cend(); ++received) {
        if (m_filed.contains(received.key()) && !m_waited.contains(received.key()))
            latencies.append(received.value() - m_filed.value(received.key()).sentAt);
    }
    std::ranges::sort(latencies);
    const qsizetype lost = m_filed.size() - m_seen.size();
    say(QStringLiteral("\nThe account of %1 requests\n  filed        %2\n  refused      %3\n  matched      "
                       "%4\n  waiting      %5")
            .arg(m_options.limit)
            .arg(m_filed.size())
            .arg(m_refused)
            .arg(m_matched)
            .arg(m_seen.size() - m_matched));
    for (auto reason = m_waiting.cbegin(); reason != m_waiting.cend(); ++reason)
        say(QStringLiteral("    %1 × %2").arg(reason.value()).arg(reason.key()));
    say(QStringLiteral("  done         %1\n  lost         %2\n  wrong expert %3")
            .arg(m_done)
            .arg(lost)
            .arg(m_wrong.size()));
    for (const QString &wrong : m_wrong)
        say(QStringLiteral("    ") + wrong);
    say(QStringLiteral(
            "  create → expert's screen: p50 %1 ms, p99 %2 ms, of the %3 that found an expert at once"
    )
            .arg(percentile(latencies, 0.5))
            .arg(percentile(latencies, 0.99))
            .arg(latencies.size()));
    emit finished(lost == 0 && m_wrong.isEmpty() && m_refused == 0 ? 0 : 1);
}
