#include "server/db/cluster.h"
#include "server/db/connection.h"
#include "server/db/embedded_migrations.h"
#include "server/events/postgres_bus.h"
#include "server/push/push_hub.h"
#include "server/push/ticket_feed.h"
#include "server/services/accounting/accounting_service.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/ticket/ticket_consumer.h"
#include "server/services/user/expert_service.h"
#include "tests/bench/figures.h"
#include "tests/bench/must.h"

#include <QCoreApplication>
#include <QDir>
#include <QSet>
#include <QTemporaryDir>

#include <atomic>
#include <cstdio>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// What it costs to account for a million tickets, and what that takes from intake.
//
// The tickets are made by SQL in a cluster that is thrown away. What intake pays is measured as what there is
// to pay with: of all the processor time that intake at full speed takes, in the server and in PostgreSQL,
// the part that goes to the accounts' threads and connections. Turns with the accounts and without are shown
// beside it; on a machine that others share they differ by more than that from one to the next.
namespace {

constexpr int tickets = 1'000'000;
constexpr int active = 20'000; // of them, waiting for an expert
constexpr int turns = 8; // of each kind
constexpr auto warmUp = 500ms; // not counted
constexpr auto turn = 2s;
const QString accountsName = u"accounts"_s; // of their connections
constexpr int clients = 8;

// Ids of version 7, a second apart, the last of them a day ago; each in the state that its history leads to.
QByteArray fillSql()
{
    const QByteArray all = QByteArray::number(tickets);
    const QByteArray old = QByteArray::number(tickets - active);
    return R"sql(
    set session_replication_role = replica;
    create temp table made as
    select n, at,
        (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000a000' || lpad(to_hex(n), 12, '0'))::uuid as id,
        (array['midwest', 'northeast', 'south', 'west'])[n % 4 + 1] as region, n <= )sql"
        + old + R"sql( as is_over
    from (select n, now() - interval '1 day' - ()sql"
        + all + R"sql( - n) * interval '1 second' as at from generate_series(1, )sql" + all + R"sql() n) n;
    insert into ticket.ticket (id, number, customer_id, filed_by, product_id, product_name, category, skill, minutes,
        priority, subject, description, contact_name, contact_phone, line1, city, us_state, zip, region, time_zone, state,
        coverage, waiting_for, created_at, updated_at, stage_since, wake_at, version)
    select id, n, id, id, id, 'TV One', 'led-tv', 'tv', 60, 'normal', 'Black picture', repeat('It stays black. ', 8),
        'Customer A', '+12125550100', '1 Main Street', 'New York', 'NY', '10001', region, 'America/New_York',
        case when is_over then 'cancelled' else 'open' end, 'notCovered',
        case when is_over then null else 'Nobody is on duty.' end, at, at, at,
        case when is_over then null else timestamptz '2100-01-01Z' end, 2
    from made order by n;
    insert into ticket.change (ticket_id, version, to_state, action, actor, at)
    select id, 1, 'open', 'open', 'Customer A', at from made order by n;
    insert into ticket.change (ticket_id, version, from_state, to_state, action, actor, at)
    select id, 2, 'open', 'cancelled', 'cancel', 'Customer A', at from made where is_over order by n;
    insert into matching.waiting (ticket_id, summary, job, skill, zip, since, decision_id, trace_id)
    select id, '{}', '{"round": 1}', 'none', '00000', at, id, '' from made where not is_over;
    insert into timer.timer (owner, key, due_at, bus_key, trace_id, payload)
    select 'ticket', id::text, timestamptz '2100-01-01Z', id::text, '', '{}' from made where not is_over;
    insert into accounting.ticket (id, number, region, place, round, version, told_at)
    select id, 'T-' || n, region, case when is_over then 'cancelled' else 'waiting' end, 1, 2, at from made order by n;
    insert into accounting.tally select region, place, count(*) from accounting.ticket group by region, place;
    insert into accounting.tally select region, 'created', count(*) from accounting.ticket group by region;
    select setval('ticket.number_seq', 2000000);
    analyze ticket.ticket; analyze ticket.change; analyze accounting.ticket; analyze matching.waiting; analyze timer.timer;
)sql";
}

class Installation
{
public:
    Installation()
        : m_cluster(must(ManagedCluster::start({ m_dir.path(), 80 })))
    {
        Migrator migrator({ m_cluster->ownerUrl(), ManagedCluster::serverRole() }, embeddedMigrations());
        must(migrator.migrate());
    }

    void fill()
    {
        const auto connection = Connection::open(superuser());
        if (!connection || !(*connection)->script("set statement_timeout = 0;" + fillSql()))
            qFatal("the tickets cannot be made");
    }

    [[nodiscard]] QString url() const { return m_cluster->url(); }
    // Who may fill tables without asking their rules.
    [[nodiscard]] QString superuser() const
    {
        return m_cluster->ownerUrl().replace(u"squad_owner"_s, u"postgres"_s);
    }

private:
    QTemporaryDir m_dir { u"/tmp/squad-bench-XXXXXX"_s };
    std::unique_ptr<ManagedCluster> m_cluster;
};

// Everything that takes part in a ticket's way, without HTTP.
class Server
{
public:
    explicit Server(const QString &url)
        : m_database({ url, 4 })
        , m_accountsDatabase({ url + " application_name="_L1 + accountsName, 4 })
        , m_gateway(m_database, m_clock, { 8, u"northeast"_s })
        , m_catalog(m_database, m_clock)
        , m_experts(m_database, m_gateway, m_clock)
        , tickets({ m_catalog, m_gateway.localities(), m_experts, m_clock })
        , m_matching(m_database, tickets, m_clock)
        , m_timers(m_database, m_clock)
        , m_push(m_database, pushOptions(url))
        , m_bus(m_database, { .url = url })
        , m_accountsBus(m_accountsDatabase, patient(url))
        , accounting(
              { m_accountsDatabase, tickets, m_matching, m_timers, m_clock },
              m_bus,
              [this](const QList<FeedRow> &rows) { m_push.deliver(rows); },
              AccountingService::Options {}
          )
    {
        CatalogContent content;
        content.skills = { { u"tv"_s, u"Televisions"_s } };
        content.categories = { { u"led-tv"_s, u"LED TVs"_s, u"tv"_s, 90 } };
        content.products = { { m_product, u"SKU-1"_s, u"TV One"_s, u"Maker"_s, u"led-tv"_s } };
        must(m_catalog.load(content));
        m_bus.subscribe(ticketConsumer(tickets));
        m_bus.subscribe(m_matching.consumer());
        m_bus.subscribe(m_timers.consumer());
        m_bus.subscribe(pushFeed(m_push));
        m_bus.start();
        m_accountsBus.subscribe(accounting.consumer());
    }

    void startAccounts()
    {
        m_accountsBus.start();
        accounting.start();
    }

    void stopAccounts()
    {
        accounting.stop();
        m_accountsBus.stop();
    }

    // Until the accounts have read what they missed while they were stopped.
    void settle()
    {
        while (backlog(QLatin1String(BookKeeper::group)) > 0)
            std::this_thread::sleep_for(20ms);
    }

    [[nodiscard]] qint64 backlog(const QString &group)
    {
        for (const GroupHealth &each : must(m_bus.health())) {
            if (each.group == group)
                return each.waiting;
        }
        return 0;
    }

    void file()
    {
        Caller by;
        by.account = api::AccountId::make();
        by.role = api::Role::customer;
        by.name = u"Customer A"_s;
        const api::NewTicket draft {
            .productId = m_product,
            .subject = *Text<1, 200>::parse(u"Black picture"_s),
            .description = *Text<0, 4000>::parse(u"It stays black."_s),
            .serialNumber = {},
            .contactName = *api::Name::parse(u"Customer A"_s),
            .contactPhone = *Phone::parse(u"212-555-0100"_s),
            .address = { *Text<1, 200>::parse(u"1 Main Street"_s),
                         {},
                         *Text<1, 100>::parse(u"New York"_s),
                         *Text<2, 2>::parse(u"NY"_s),
                         *ZipCode::parse(u"10001"_s) },
            .customerId = {},
        };
        must(m_database.transact("squad_ticket", [&](Session &session) {
            return tickets.open(session, { { by, draft } });
        }));
    }

    template <class Work>
    auto ask(Work work)
    {
        return must(m_database.transact("squad_accounting", work));
    }

private:
    // As the composition has it.
    static PostgresBus::Options patient(const QString &url)
    {
        PostgresBus::Options options { .url = url };
        options.policy.patience.insert(QLatin1String(BookKeeper::group), 1s);
        return options;
    }

    static PushHub::Options pushOptions(const QString &url)
    {
        PushHub::Options options;
        options.url = url;
        return options;
    }

    SystemClock m_clock;
    Database m_database;
    Database m_accountsDatabase; // of its own, to tell whose work is whose
    GatewayService m_gateway;
    CatalogService m_catalog;
    ExpertService m_experts;

public:
    TicketService tickets;

private:
    MatchingService m_matching;
    TimerService m_timers;
    PushHub m_push;
    PostgresBus m_bus;
    PostgresBus m_accountsBus;
    const api::ProductId m_product = api::ProductId::make();

public:
    AccountingService accounting;
};

double milliseconds(std::chrono::steady_clock::duration time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

template <class Work>
double timed(Work work)
{
    const auto began = std::chrono::steady_clock::now();
    work();
    return milliseconds(std::chrono::steady_clock::now() - began);
}

void measureLooks(Server &server, Figures &figures)
{
    std::vector<double> looks;
    for (int i = 0; i < 60; ++i)
        looks.push_back(timed([&] { must(server.accounting.look()); }));
    const double p50 = percentile(looks, 0.5);
    figures.add(u"one look (1,000 of all, 500 active, 3 sources)"_s, p50, u"ms"_s);
    figures.add(u"one look, p99"_s, percentile(looks, 0.99), u"ms"_s);
    const double rest = std::max(2000.0, p50 * 50);
    figures.add(
        u"a round over 1,000,000 tickets at that pace"_s, tickets / 1000 * (p50 + rest) / 60'000, u"min"_s
    );
    figures.add(u"share of one connection's time"_s, 100 * p50 / (p50 + rest), u"%"_s);
    std::vector<double> answers;
    for (int i = 0; i < 100; ++i)
        answers.push_back(timed([&] {
            server.ask([&](Session &session) { return server.accounting.fetch(session); });
        }));
    figures.add(u"GET /accounting at 1,000,000 tickets, p50"_s, percentile(answers, 0.5), u"ms"_s);
    figures.add(
        u"counting all totals anew (background)"_s,
        timed([&] { server.ask([](Session &session) { return accounting_store::recount(session); }); }),
        u"ms"_s
    );
}

// Processor time of a process or thread so far, in ticks of the kernel's clock; none if it is gone.
qint64 processorTime(const QString &directory)
{
    QFile file(directory + "/stat"_L1);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = file.readAll();
    const QByteArrayList fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return fields.at(11).toLongLong() + fields.at(12).toLongLong(); // utime and stime, proc(5)
}

QSet<QString> ownThreads()
{
    const QStringList names = QDir(u"/proc/self/task"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    return QSet<QString>(names.begin(), names.end());
}

// Whose processor time went where.
class Spending
{
public:
    Spending(const Installation &installation, const QSet<QString> &accountsThreads)
        : m_connection(std::move(Connection::open(installation.superuser())).value())
        , m_threads(accountsThreads)
        , m_began(now())
    {
    }

    // The accounts' part of everything since this was made, of 1.
    [[nodiscard]] double accountsPart() const
    {
        const auto [accounts, all] = now();
        return static_cast<double>(accounts - m_began.first) / static_cast<double>(all - m_began.second);
    }

private:
    [[nodiscard]] std::pair<qint64, qint64> now() const
    {
        qint64 accounts = 0;
        qint64 all = processorTime(u"/proc/self"_s);
        for (const QString &thread : m_threads)
            accounts += processorTime(u"/proc/self/task/"_s + thread);
        Rows rows = must(m_connection->script("select pid::text, application_name from pg_stat_activity"));
        while (rows.next()) {
            const qint64 time = processorTime(u"/proc/"_s + QString::fromUtf8(rows.text(0)));
            all += time;
            if (QString::fromUtf8(rows.text(1)) == accountsName)
                accounts += time;
        }
        return { accounts, all };
    }

    std::unique_ptr<Connection> m_connection;
    QSet<QString> m_threads;
    std::pair<qint64, qint64> m_began;
};

double intake(Server &server)
{
    std::atomic<int> filed = 0;
    std::atomic<bool> isOver = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i)
        threads.emplace_back([&] {
            while (!isOver) {
                server.file();
                ++filed;
            }
        });
    std::this_thread::sleep_for(warmUp);
    const int before = filed;
    const auto began = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(turn);
    const double rate
        = (filed - before) / std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    isOver = true;
    for (std::thread &thread : threads)
        thread.join();
    return rate;
}

void measureIntake(const Installation &installation, Server &server, Figures &figures)
{
    std::vector<double> ratios;
    std::vector<double> parts;
    std::vector<double> with;
    std::vector<double> without;
    qint64 backlog = 0;
    const auto off = [&] { without.push_back(intake(server)); };
    const auto on = [&] {
        const QSet<QString> others = ownThreads();
        server.startAccounts();
        const Spending spending(installation, ownThreads() - others);
        with.push_back(intake(server));
        parts.push_back(100 * spending.accountsPart());
        backlog = std::max(backlog, server.backlog(QLatin1String(BookKeeper::group)));
        server.stopAccounts();
    };
    for (int i = 0; i < turns; ++i) {
        // What the accounts missed is read between the turns, so that each pays for its own tickets.
        for (const bool isOn : { i % 2 == 0, i % 2 != 0 }) {
            isOn ? on() : off();
            server.startAccounts();
            server.settle();
            server.stopAccounts();
        }
        ratios.push_back(with.back() / without.back());
    }
    figures.add(
        u"accounts' part of the processor time at full intake, median"_s, percentile(parts, 0.5), u"%"_s
    );
    figures.add(
        u"tickets filed with the accounts, median"_s, percentile(with, 0.5), u"/s"_s, percentile(without, 0.5)
    );
    figures.add(u"ratio of the pairs, median"_s, percentile(ratios, 0.5), u""_s);
    figures.add(u"books behind at the end of a turn, most"_s, static_cast<double>(backlog), u"events"_s);
    const api::Accounting accounts
        = server.ask([&](Session &session) { return server.accounting.fetch(session); });
    figures.add(u"tickets in the books"_s, static_cast<double>(accounts.created), u""_s);
    figures.add(u"differences"_s, static_cast<double>(accounts.differenceCount), u""_s);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    Figures figures;
    Installation installation;
    figures.add(u"making 1,000,000 tickets"_s, timed([&] { installation.fill(); }) / 1000, u"s"_s);
    Server server(installation.url());
    server.startAccounts();
    server.settle();
    server.stopAccounts();
    measureLooks(server, figures);
    measureIntake(installation, server, figures);
    return figures.report(QCoreApplication::arguments());
}
