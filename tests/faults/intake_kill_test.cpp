#include "tests/support/installation.h"

#include <QTest>

#include <csignal>
#include <random>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// One customer's programme: files one ticket after the other, each under a key of its own, and asks again
// under the same key until the server has said yes. Now and then it asks once more after the yes, as a
// browser does whose answer was lost on the way.
class Filer
{
public:
    Filer(const Installation &installation, const Installation::Person &customer, api::Product product)
        : m_client(installation.client(customer))
        , m_product(std::move(product))
    {
    }

    void file(int count, std::atomic<int> &acknowledged)
    {
        for (int i = 0; i < count; ++i) {
            const QByteArray key = Installation::makeKey();
            const std::optional<api::TicketId> id = fileUntilAcknowledged(key);
            if (!id)
                return;
            m_filed.append(*id);
            ++acknowledged;
            if (i % 4 == 0 && fileUntilAcknowledged(key) != id)
                m_problems.append(u"the same key made another ticket"_s);
        }
    }

    [[nodiscard]] const QList<api::TicketId> &filed() const { return m_filed; }
    [[nodiscard]] const QStringList &problems() const { return m_problems; }
    [[nodiscard]] int repeats() const { return m_repeats; }

private:
    std::optional<api::TicketId> fileUntilAcknowledged(const QByteArray &key)
    {
        const QByteArray body = json::write(Installation::draft(m_product, u"It broke in the storm"_s));
        QDeadlineTimer deadline(Installation::patience);
        while (!deadline.hasExpired()) {
            const auto answer
                = m_client.send("POST", u"/api/v1/tickets"_s, body, { { "Idempotency-Key", key } });
            if (answer.status == 201) {
                const auto ticket = json::parse<api::Ticket>(answer.body);
                return ticket ? std::optional(ticket->id) : std::nullopt;
            }
            const bool isDown = answer.status == 0 || answer.status == 503 || answer.status == 504;
            if (!isDown) {
                m_problems.append(u"%1 %2"_s.arg(answer.status).arg(QString::fromUtf8(answer.body)));
                return {};
            }
            ++m_repeats;
            QThread::msleep(20);
        }
        m_problems.append(u"the server did not come back"_s);
        return {};
    }

    BlockingClient m_client;
    api::Product m_product;
    QList<api::TicketId> m_filed;
    QStringList m_problems;
    int m_repeats = 0;
};

} // namespace

// The first promise: no ticket is ever lost, and none is made twice, whatever dies while it is filed.
class IntakeKillTest : public QObject
{
    Q_OBJECT

    static constexpr int filers = 6;
    static constexpr int ticketsEach = 15;

private slots:
    void everyAcknowledgedTicketIsThereOnceAndFindsItsExpert_data()
    {
        QTest::addColumn<bool>("killServer");
        QTest::addColumn<bool>("killPostgres");
        QTest::newRow("kill -9 of the server") << true << false;
        QTest::newRow("kill -9 of PostgreSQL") << false << true;
        QTest::newRow("kill -9 of either") << true << true;
    }

    void everyAcknowledgedTicketIsThereOnceAndFindsItsExpert()
    {
        QFETCH(bool, killServer);
        QFETCH(bool, killPostgres);

        // Given customers, and as many experts as there will be tickets
        Installation installation;
        const api::Product product = installation.product();
        installation.hire(filers * ticketsEach, product);
        std::vector<std::unique_ptr<Filer>> customers;
        for (int i = 0; i < filers; ++i)
            customers.push_back(std::make_unique<Filer>(installation, installation.customer(), product));

        // When all file at once, and the ground shakes while they do
        std::atomic<int> acknowledged = 0;
        std::atomic<int> working = filers;
        {
            std::vector<std::jthread> threads;
            for (const auto &each : customers) {
                threads.emplace_back([&acknowledged, &working, filer = each.get()] {
                    filer->file(ticketsEach, acknowledged);
                    --working;
                });
            }
            shake(installation, killServer, killPostgres, acknowledged, working);
        }

        // Then every one was acknowledged in the end, and the same key never made another
        QSet<api::TicketId> filed;
        int repeats = 0;
        for (const auto &each : customers) {
            QVERIFY2(each->problems().isEmpty(), qPrintable(each->problems().join(u'\n')));
            filed.unite(QSet<api::TicketId>(each->filed().begin(), each->filed().end()));
            repeats += each->repeats();
        }
        QCOMPARE(filed.size(), filers * ticketsEach);
        QVERIFY2(repeats > 0, "nothing was hit: this run proves nothing");

        // And exactly these tickets exist
        QCOMPARE(allTickets(installation), filed);

        // And each finds an expert of its own
        QSet<api::AccountId> experts;
        for (const api::TicketId &id : filed) {
            const api::Ticket ticket
                = installation.await(installation.manager(), id, [](const api::Ticket &each) {
                      return each.state == api::TicketState::assigned;
                  });
            QVERIFY2(ticket.expert, qPrintable(ticket.waitingFor.value_or(u"nobody has it"_s)));
            experts.insert(ticket.expert->id);
        }
        QCOMPARE(experts.size(), filed.size());
    }

private:
    // Kills at moments drawn anew for each run, as long as anybody files; the seed is in the log.
    static void shake(
        Installation &installation,
        bool killServer,
        bool killPostgres,
        const std::atomic<int> &acknowledged,
        const std::atomic<int> &working
    )
    {
        const unsigned seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        const int target = filers * ticketsEach;
        for (int blow = 0; blow < 5 && working > 0; ++blow) {
            // Each blow falls while some of the next tickets are under way, however fast the machine is.
            const int from = std::min(target - 1, acknowledged + 1 + int(random() % 8));
            while (acknowledged < from && working > 0)
                QThread::usleep(200);
            QThread::usleep(random() % 3000);
            const bool hitsServer = killServer && (!killPostgres || random() % 2 == 0);
            if (!hitsServer) {
                if (const qint64 postmaster = installation.postmaster())
                    ::kill(pid_t(postmaster), SIGKILL);
                continue;
            }
            installation.server().kill();
            if (!installation.server().start())
                qFatal("The server does not start again: %s", installation.server().output().constData());
        }
    }

    static QSet<api::TicketId> allTickets(Installation &installation)
    {
        QSet<api::TicketId> ids;
        BlockingClient manager = installation.client(installation.manager());
        api::TicketQuery query;
        query.limit = api::PageLimit { 200 };
        while (true) {
            auto page = manager.call<api::ticket::List>(query);
            // The last blow may have fallen after the last ticket: then the server is still coming back.
            const QDeadlineTimer deadline(Installation::patience);
            while (!page && !deadline.hasExpired()) {
                QThread::msleep(20);
                page = manager.call<api::ticket::List>(query);
            }
            if (!page)
                qFatal("The tickets cannot be listed: %s", qPrintable(page.error().detail));
            for (const api::TicketSummary &ticket : page->items) {
                if (ids.contains(ticket.id))
                    qFatal("A ticket is listed twice.");
                ids.insert(ticket.id);
            }
            if (!page->nextCursor)
                return ids;
            query.cursor = *api::Cursor::parse(*page->nextCursor);
        }
    }
};

QTEST_GUILESS_MAIN(IntakeKillTest)
#include "intake_kill_test.moc"
