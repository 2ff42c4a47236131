#include "server/db/connection.h"
#include "shared/client/api_client.h"
#include "shared/client/feed_position.h"
#include "shared/client/push_channel.h"
#include "tests/bench/figures.h"
#include "tests/support/installation.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QSettings>
#include <QTimer>

#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// From the moment a customer files to the moment the ticket is on the screen of the expert it was given to:
// intake, matching, assignment and push, over HTTP and WebSocket. Measured on an idle server and while others
// file at half of what intake can take, against one durable commit in the same PostgreSQL at the same time.
namespace {

using Time = std::chrono::steady_clock;

constexpr int samples = 200;
constexpr int expertCount = 20;

double millisecondsSince(Time::time_point start)
{
    return std::chrono::duration<double, std::milli>(Time::now() - start).count();
}

// An expert's app: its live line, and the same client library.
class Desk : public QObject
{
public:
    Desk(const QUrl &server, const Installation::Person &expert, QObject *parent)
        : QObject(parent)
        , m_api(server, u"push-bench"_s)
        , m_settings(m_dir.filePath(u"feed.ini"_s), QSettings::IniFormat)
        , m_position(m_settings)
        , m_push(m_api, m_position)
    {
        m_api.setAccessToken(expert.token);
        m_push.open(expert.id);
    }

    PushChannel &push() { return m_push; }

private:
    // In memory: many apps share one disk here, and each would have its own.
    QTemporaryDir m_dir { u"/dev/shm/push-bench-XXXXXX"_s };
    ApiClient m_api;
    QSettings m_settings;
    FeedPosition m_position;
    PushChannel m_push;
};

// Files one ticket after the other; each is called off once an expert has seen it, so that they are free for
// the next.
class Stopwatch : public QObject
{
public:
    Stopwatch(Installation &installation, const api::Product &product)
        : m_product(product)
        , m_customer(installation.url(), u"push-bench"_s)
        , m_manager(installation.url(), u"push-bench"_s)
    {
        m_customer.setAccessToken(installation.customer().token);
        m_manager.setAccessToken(installation.manager().token);
        for (const Installation::Person &expert : installation.hire(expertCount, product)) {
            auto *desk = new Desk(installation.url(), expert, this);
            desk->push().on<api::TicketChanged>(this, [this](const api::TicketChanged &change) {
                if (change.action == "assigned"_L1)
                    m_seen.insert(change.ticket.id, Time::now());
                check();
            });
            connect(&desk->push(), &PushChannel::opened, this, [this] { ++m_open; });
        }
        awaitUntil([this] { return m_open == expertCount; });
    }

    std::vector<double> run()
    {
        m_times.clear();
        file();
        awaitUntil([this] { return m_times.size() == samples; });
        return std::exchange(m_times, {});
    }

private:
    void file()
    {
        m_id.reset();
        m_start = Time::now();
        m_customer.call<api::ticket::Open>(Installation::draft(m_product, {}))
            .then(this, [this](const Result<api::Ticket> &ticket) {
                if (!ticket)
                    qFatal("filing: %s", qPrintable(ticket.error().detail));
                m_id = ticket->id;
                check();
            });
    }

    // The push may be quicker than the answer to the customer.
    void check()
    {
        if (!m_id || !m_seen.contains(*m_id))
            return;
        const Time::time_point seen = m_seen.take(*m_id);
        m_times.push_back(std::chrono::duration<double, std::milli>(seen - m_start).count());
        const api::TicketId id = *std::exchange(m_id, {});
        m_manager
            .call<api::ticket::Cancel>(api::TicketRef { id }, api::Reason { *Text<1, 500>::parse(u"seen"_s) })
            .then(this, [this](const Result<api::Ticket> &) {
                if (m_times.size() < samples)
                    QTimer::singleShot(5ms, this, [this] { file(); });
            });
    }

    void awaitUntil(const std::function<bool()> &isThere)
    {
        QEventLoop loop;
        QTimer look;
        const QDeadlineTimer deadline(std::chrono::minutes(3));
        connect(&look, &QTimer::timeout, &loop, [&] {
            if (deadline.hasExpired())
                qFatal("the pushes do not come: %d desks, %zu samples", m_open, m_times.size());
            if (isThere())
                loop.quit();
        });
        look.start(10ms);
        loop.exec();
    }

    api::Product m_product;
    ApiClient m_customer;
    ApiClient m_manager;
    int m_open = 0;
    std::optional<api::TicketId> m_id;
    Time::time_point m_start;
    QHash<api::TicketId, Time::time_point> m_seen;
    std::vector<double> m_times;
};

// Others who file, at a steady rate: each of some threads at its share of it. A rate of 0 is as fast as it
// goes.
class Background
{
public:
    Background(Installation &installation, const api::Product &product, double perSecond)
    {
        const Installation::Person customer = installation.customer();
        for (int i = 0; i < threadCount; ++i) {
            m_threads.emplace_back([this, &installation, customer, product, perSecond](std::stop_token stop) {
                BlockingClient client = installation.client(customer);
                const QByteArray body = json::write(Installation::draft(product, {}));
                auto next = Time::now();
                while (!stop.stop_requested()) {
                    client.send(
                        "POST", u"/api/v1/tickets"_s, body, { { "Idempotency-Key", Installation::makeKey() } }
                    );
                    ++m_filed;
                    if (perSecond <= 0)
                        continue;
                    next += std::chrono::microseconds(qint64(1e6 * threadCount / perSecond));
                    std::this_thread::sleep_until(next);
                }
            });
        }
    }

    [[nodiscard]] int filed() const { return m_filed; }

private:
    static constexpr int threadCount = 16;

    std::atomic<int> m_filed = 0;
    std::vector<std::jthread> m_threads;
};

// What the machine allows: one row, durable, as the superuser on a connection of its own.
std::vector<double> commits(const Installation &installation)
{
    QFile file(installation.dataDir() + "/postgres/postmaster.pid"_L1);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("where is PostgreSQL?");
    const QString directory = QString::fromUtf8(file.readAll()).split(u'\n').value(4);
    auto connection = Connection::open(u"host=%1 user=postgres dbname=postgres"_s.arg(directory));
    if (!connection || !(*connection)->script("create table if not exists tick (at timestamptz)"))
        qFatal("no way into PostgreSQL");
    std::vector<double> times;
    for (int i = 0; i < samples; ++i) {
        const auto start = Time::now();
        if (!(*connection)->script("insert into tick values (now())"))
            qFatal("no commit");
        times.push_back(millisecondsSince(start));
        QThread::msleep(5);
    }
    return times;
}

double capacity(Installation &installation, const api::Product &product)
{
    const Background others(installation, product, 0);
    QThread::sleep(1);
    const int before = others.filed();
    QThread::sleep(3);
    return (others.filed() - before) / 3.0;
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    Installation installation;
    // Two kinds of device: experts for one, and a crowd that waits with the other.
    const api::Product product = installation.product();
    const api::Product crowds = installation.productBut(product.skill);
    Stopwatch stopwatch(installation, product);
    stopwatch.run(); // warm

    Figures figures;
    std::vector<double> idle = stopwatch.run();
    std::vector<double> idleCommits = commits(installation);
    figures.add(
        u"create to expert's screen, idle, p50"_s,
        percentile(idle, 0.5),
        u"ms"_s,
        percentile(idleCommits, 0.5)
    );
    figures.add(
        u"create to expert's screen, idle, p99"_s,
        percentile(idle, 0.99),
        u"ms"_s,
        percentile(idleCommits, 0.99)
    );

    const double half = capacity(installation, crowds) / 2;
    QThread::sleep(5); // what the rush left behind
    {
        const Background others(installation, crowds, half);
        QThread::sleep(2);
        std::vector<double> busy = stopwatch.run();
        std::vector<double> busyCommits = commits(installation);
        figures.add(u"others' filing meanwhile"_s, half, u"tickets/s"_s);
        figures.add(
            u"create to expert's screen, busy, p50"_s,
            percentile(busy, 0.5),
            u"ms"_s,
            percentile(busyCommits, 0.5)
        );
        figures.add(
            u"create to expert's screen, busy, p99"_s,
            percentile(busy, 0.99),
            u"ms"_s,
            percentile(busyCommits, 0.99)
        );
    }
    return figures.report(application.arguments());
}
