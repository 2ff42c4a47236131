#include "server/db/cluster.h"
#include "server/db/connection.h"
#include "server/db/embedded_migrations.h"
#include "server/events/outbox.h"
#include "server/events/postgres_bus.h"
#include "server/services/timer/timer_events.h"
#include "server/services/timer/timer_service.h"
#include "tests/bench/figures.h"
#include "tests/bench/must.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>

#include <condition_variable>
#include <cstdio>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// Timers with a million pending: set, cancelled and fired, from the command of a service to the handler that
// hears of the firing, against graphile-worker and pg-boss on the same durable cluster, in turn.
namespace {

constexpr auto role = "squad_ticket";
constexpr int clients = 8;
constexpr int perBatch = 100;
constexpr int pending = 1'000'000;
constexpr int fired = 20'000;
constexpr int spaced = 1600; // 200 a second
constexpr auto farAway = 24h * 30;

const QString sentinel = u"sentinel"_s;

using Real = std::chrono::steady_clock;

[[noreturn]] void giveUp(const QString &why)
{
    qFatal("%s", qPrintable(why));
}

double perSecond(int count, Real::duration time)
{
    return count / std::chrono::duration<double>(time).count();
}

// A service that hears of its timers, and counts them.
class Owner
{
public:
    std::shared_ptr<const Consumer> consumer()
    {
        auto consumer = std::make_shared<Consumer>(u"bench"_s, role);
        consumer->onType(u"timer.fired.ticket"_s, [this](Session &, const Event &event) -> Result<void> {
            const TimerFired timer = TRY(json::fromJson<TimerFired>(event.payload));
            const auto late = std::chrono::system_clock::now() - timer.dueAt;
            const std::lock_guard lock(m_mutex);
            if (timer.key == sentinel)
                m_heardSentinel = true;
            else
                m_late.push_back(std::chrono::duration<double, std::milli>(late).count());
            m_changed.notify_all();
            return {};
        });
        return consumer;
    }

    void awaitSentinel()
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, 60s, [&] { return std::exchange(m_heardSentinel, false); }))
            giveUp(u"the commands are not taken in"_s);
    }

    // Waits for so many firings since the last call; how late each was, in milliseconds.
    std::vector<double> await(size_t count)
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait_for(lock, 60s, [&] { return m_late.size() >= count; }))
            giveUp(u"%1 of %2 timers fired"_s.arg(m_late.size()).arg(count));
        return std::exchange(m_late, {});
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<double> m_late;
    bool m_heardSentinel = false;
};

using Command = std::variant<SetTimer, CancelTimer>;

// Ours: as a node runs it.
class Ours
{
public:
    explicit Ours(const ManagedCluster &cluster)
        : m_database({ .url = cluster.url(), .workers = clients }) // as many as the others
        , m_timers(m_database, m_clock)
        , m_bus(m_database, { .url = cluster.url() })
    {
        m_timers.watch(m_bus);
        m_bus.subscribe(m_timers.consumer());
        m_bus.subscribe(m_owner.consumer());
        m_bus.start();
        m_timers.start();
    }
    ~Ours()
    {
        m_timers.stop();
        m_bus.stop();
    }
    Ours(const Ours &) = delete;
    Ours &operator=(const Ours &) = delete;

    double set(int count)
    {
        return publish(count, 1, [this](int n) {
            return command(u"one-%1"_s.arg(n), m_clock.now() + farAway);
        });
    }
    double setMany(int count)
    {
        return publish(count, perBatch, [this](int n) {
            return command(u"many-%1"_s.arg(n), m_clock.now() + farAway);
        });
    }
    double cancel(int count)
    {
        return publish(count, 1, [](int n) -> Command {
            return CancelTimer { u"ticket"_s, u"one-%1"_s.arg(n) };
        });
    }

    double fire()
    {
        const auto lead = 8s; // longer than it takes to set them
        const Instant due = m_clock.now() + lead;
        const Real::time_point dueReal = Real::now() + lead;
        publish(fired, perBatch, [&](int n) { return command(u"fire-%1"_s.arg(n), due); });
        const Real::time_point begin = std::max(Real::now(), dueReal);
        m_owner.await(fired);
        return perSecond(fired, Real::now() - begin);
    }

    std::vector<double> lateness()
    {
        const Instant begin = m_clock.now() + 3s;
        publish(spaced, perBatch, [&](int n) { return command(u"late-%1"_s.arg(n), begin + n * 5ms); });
        return m_owner.await(spaced);
    }

private:
    static Command command(const QString &key, Instant due) { return SetTimer { u"ticket"_s, key, due, {} }; }

    // From `clients` threads, so many in a transaction; until all of them have been taken in. Per second.
    template <class Make>
    double publish(int count, int perTransaction, Make make)
    {
        const Real::time_point begin = Real::now();
        std::atomic<int> next = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < clients; ++i)
                threads.emplace_back([&] {
                    for (int from = next.fetch_add(perTransaction); from < count;
                         from = next.fetch_add(perTransaction)) {
                        QList<Command> commands;
                        for (int n = from; n < std::min(count, from + perTransaction); ++n)
                            commands += make(n);
                        send(commands);
                    }
                });
        }
        // One that is due already: once it is heard of, all before it have been taken in.
        send({ command(sentinel, m_clock.now() - 1s) });
        m_owner.awaitSentinel();
        return perSecond(count, Real::now() - begin);
    }

    void send(const QList<Command> &commands)
    {
        QList<Outbox::Draft> drafts;
        for (const Command &each : commands) {
            std::visit(
                [&](const auto &timer) {
                    drafts.append({ toQString(timer.type), timer.key, json::encode(timer).toObject(), {} });
                },
                each
            );
        }
        must(m_database.transact(role, [&](Session &session) -> Result<void> {
            if (drafts.size() > 1)
                return Outbox::publishAll(session, drafts);
            const Outbox::Draft &only = drafts.first();
            return Outbox::publish(session, only.type, only.key, only.payload, only.traceId);
        }));
    }

    const SystemClock m_clock;
    Database m_database;
    Owner m_owner;
    TimerService m_timers;
    PostgresBus m_bus;
};

// One of the others, in a database of its own on the same cluster.
class Peer
{
public:
    Peer(QString name, QString url)
        : m_name(std::move(name))
        , m_url(std::move(url))
    {
    }

    [[nodiscard]] QJsonObject run(const QString &action, int count = 0) const
    {
        QProcess node;
        node.setWorkingDirectory(folder());
        node.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        node.start(u"node"_s, { u"timers.js"_s, m_name, m_url, action, QString::number(count) });
        if (!node.waitForFinished(240'000) || node.exitCode() != 0)
            giveUp(u"%1 %2 failed"_s.arg(m_name, action));
        return QJsonDocument::fromJson(node.readAllStandardOutput()).object();
    }
    [[nodiscard]] double rate(const QString &action, int count) const
    {
        return run(action, count)[u"perSecond"_s].toDouble();
    }

    static QString folder() { return QStringLiteral(SQUAD_BENCH_PEERS); }
    static void install()
    {
        if (QFile::exists(folder() + "/node_modules/pg-boss"_L1))
            return;
        QProcess npm;
        npm.setWorkingDirectory(folder());
        npm.setProcessChannelMode(QProcess::ForwardedChannels);
        npm.start(u"npm"_s, { u"ci"_s, u"--no-audit"_s, u"--no-fund"_s, u"--ignore-scripts"_s });
        if (!npm.waitForFinished(180'000) || npm.exitCode() != 0)
            giveUp(u"npm ci failed: the peers are not there"_s);
    }

private:
    QString m_name;
    QString m_url;
};

// What one measurement came to with each.
struct Outcome
{
    double ours;
    double graphile;
    double pgboss;

    void addTo(Figures &figures, const QString &name, const QString &unit, bool lessIsBetter = false) const
    {
        figures.add(
            name + u", against the better of both"_s,
            ours,
            unit,
            lessIsBetter ? std::min(graphile, pgboss) : std::max(graphile, pgboss)
        );
        figures.add(name + u", graphile-worker"_s, graphile, unit);
        figures.add(name + u", pg-boss"_s, pgboss, unit);
    }
};

class Bench
{
public:
    Bench()
        : m_cluster(must(ManagedCluster::start({ .dataDir = m_directory.path() })))
        , m_host(m_cluster->ownerUrl().section(u' ', 0, 0).section(u'=', 1))
        , m_graphile(u"graphile"_s, peerUrl(u"graphile"_s))
        , m_pgboss(u"pgboss"_s, peerUrl(u"pgboss"_s))
    {
        must(Migrator({ m_cluster->ownerUrl(), ManagedCluster::serverRole() }, embeddedMigrations()).migrate()
        );
        for (const QString &name : { u"graphile"_s, u"pgboss"_s })
            ask(u"postgres"_s, "create database " + name.toLatin1());
        {
            const std::jthread graphile([this] { static_cast<void>(m_graphile.run(u"prepare"_s)); });
            const std::jthread pgboss([this] { static_cast<void>(m_pgboss.run(u"prepare"_s)); });
            ask(u"squad"_s,
                "insert into timer.timer (owner, key, due_at, bus_key, trace_id, payload) "
                "select 'ticket', 'pending-' || n, now() + interval '2 days' + n * interval '1 second', "
                "'ticket-' || n, '', '{\"n\": -1}' from generate_series(1, "
                    + QByteArray::number(pending) + ") n; analyze timer.timer");
        }
        ask(u"postgres"_s, "checkpoint"); // whoever comes first would pay for it
        m_ours = std::make_unique<Ours>(*m_cluster);
    }

    void run(Figures &figures)
    {
        Outcome { m_ours->set(8000), m_graphile.rate(u"set"_s, 4000), m_pgboss.rate(u"set"_s, 3000) }.addTo(
            figures, u"set, one in a transaction"_s, u"timers/s"_s
        );
        Outcome { m_ours->cancel(8000), m_graphile.rate(u"cancel"_s, 4000), m_pgboss.rate(u"cancel"_s, 3000) }
            .addTo(figures, u"cancelled, one in a transaction"_s, u"timers/s"_s);
        Outcome { m_ours->setMany(20'000),
                  m_graphile.rate(u"set-many"_s, 10'000),
                  m_pgboss.rate(u"set-many"_s, 10'000) }
            .addTo(figures, u"set, 100 in a transaction"_s, u"timers/s"_s);
        Outcome { m_ours->fire(), m_graphile.rate(u"fire"_s, fired), m_pgboss.rate(u"fire"_s, fired) }.addTo(
            figures, u"fired and handled, due at once"_s, u"timers/s"_s
        );
        std::vector<double> ours = m_ours->lateness();
        const QJsonObject graphile = m_graphile.run(u"lateness"_s, spaced);
        const QJsonObject pgboss = m_pgboss.run(u"lateness"_s, spaced);
        for (const auto &[name, part] : { std::pair(u"p50"_s, 0.5), std::pair(u"p99"_s, 0.99) }) {
            Outcome { percentile(ours, part), graphile[name].toDouble(), pgboss[name].toDouble() }.addTo(
                figures, u"late, at 200/s, "_s + name, u"ms"_s, true
            );
        }
    }

private:
    [[nodiscard]] QString peerUrl(const QString &database) const
    {
        return u"postgresql:///%1?host=%2&user=postgres"_s.arg(database, m_host);
    }
    void ask(const QString &database, const QByteArray &sql) const
    {
        const auto connection = Connection::open(u"host=%1 user=postgres dbname=%2"_s.arg(m_host, database));
        if (!connection || !(*connection)->script("set statement_timeout = 0") || !(*connection)->script(sql))
            giveUp(QString::fromUtf8(sql));
    }

    QTemporaryDir m_directory { u"/tmp/timer-bench-XXXXXX"_s };
    std::unique_ptr<ManagedCluster> m_cluster;
    QString m_host;
    Peer m_graphile;
    Peer m_pgboss;
    std::unique_ptr<Ours> m_ours;
};

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    QLoggingCategory::setFilterRules(u"squad.*.info=false"_s);
    Peer::install();
    Figures figures;
    Bench bench;
    bench.run(figures);
    return figures.report(application.arguments());
}
