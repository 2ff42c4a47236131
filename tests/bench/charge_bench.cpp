#include "server/db/cluster.h"
#include "server/db/connection.h"
#include "server/db/embedded_migrations.h"
#include "server/events/outbox.h"
#include "server/events/postgres_bus.h"
#include "server/services/payment/payment_service.h"
#include "tests/bench/figures.h"
#include "tests/bench/must.h"
#include "tests/doubles/payment_vendor/vendor_process.h"

#include <QCoreApplication>
#include <QThread>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// Charges, from the command of a service to the event that tells it the outcome, against what the vendor can
// take: so many at once, 50 ms each.
namespace {

constexpr auto role = card_store::role;
constexpr int latencyMs = 50;
constexpr int customers = 100;
constexpr int perBatch = 100;
constexpr auto runFor = 8s; // at the vendor's limit

using Real = std::chrono::steady_clock;

// A node that charges, on a durable cluster, as it runs at a customer's.
class Bench
{
public:
    Bench()
        : m_cluster(must(ManagedCluster::start({ .dataDir = m_directory.path() })))
        , m_database({ .url = m_cluster->url() })
    {
        must(Migrator({ m_cluster->ownerUrl(), ManagedCluster::serverRole() }, embeddedMigrations()).migrate()
        );
        must(MasterKeys::createFile(keyFile()));
    }

    void measure(Figures &figures, int concurrency)
    {
        const double limit = concurrency * 1000.0 / latencyMs;
        const auto charges = static_cast<int>(limit * std::chrono::duration<double>(runFor).count());
        m_vendor.behave({ { u"latencyMs"_s, 0 }, { u"concurrency"_s, concurrency } });
        PaymentService payments(m_database, { m_clock, m_clock }, options(concurrency));
        payments.load();
        PostgresBus bus(m_database, { .url = m_cluster->url() });
        bus.subscribe(payments.consumer());
        const qint64 before = m_vendor.count(u"charges"_s);
        const QList<api::AccountId> payers = payersOf(payments.cards());
        m_vendor.behave({ { u"latencyMs"_s, latencyMs } });
        bus.start();
        payments.start();

        const Real::time_point begin = Real::now();
        publish(payers, charges);
        await(charges);
        const double seconds = std::chrono::duration<double>(Real::now() - begin).count();

        payments.stop();
        bus.stop();
        if (m_vendor.count(u"charges"_s) - before != charges)
            qFatal("The vendor has charged something else.");
        figures.add(
            u"charged, %1 at once of %2 ms, against the vendor's limit"_s.arg(concurrency).arg(latencyMs),
            charges / seconds,
            u"charges/s"_s,
            limit
        );
    }

private:
    [[nodiscard]] QString keyFile() const { return m_directory.filePath(u"bench.key"_s); }

    [[nodiscard]] PaymentService::Options options(int concurrency) const
    {
        PaymentService::Options options;
        options.masterKeys.file = keyFile();
        options.vendor = StripeGateway::Options { .url = m_vendor.url(),
                                                  .secretKey = Secret(m_vendor.key()),
                                                  .concurrency = concurrency };
        return options;
    }

    static QList<api::AccountId> payersOf(CardService &cards)
    {
        QList<api::AccountId> payers;
        for (int i = 0; i < customers; ++i) {
            Caller caller;
            caller.account = api::AccountId::make();
            must(cards.add(caller, { *CardNumber::parse(u"4242424242424242"_s), { 12 }, { 2040 } }));
            payers += caller.account;
        }
        return payers;
    }

    void publish(const QList<api::AccountId> &payers, int charges)
    {
        for (int from = 0; from < charges; from += perBatch) {
            QList<Outbox::Draft> drafts;
            for (int i = from; i < std::min(charges, from + perBatch); ++i) {
                const api::AccountId who = payers.at(i % payers.size());
                const ChargeInvoice command { api::InvoiceId::make(), 1, who, { 1999, u"USD"_s }, u"Plan"_s };
                drafts.append(
                    { toQString(ChargeInvoice::type), who.toString(), json::encode(command).toObject(), {} }
                );
            }
            must(m_database.transact(role, [&](Session &session) {
                return Outbox::publishAll(session, drafts);
            }));
        }
    }

    // So many more outcomes, all of them good.
    void await(int charges)
    {
        const auto connection = Connection::open(m_cluster->ownerUrl());
        m_expected += charges;
        const auto deadline = Real::now() + 120s;
        while (Real::now() < deadline) {
            auto rows = (*connection)
                            ->script("select count(*) filter (where type = 'payment.charged'), count(*) "
                                     "filter (where type = "
                                     "'payment.declined') from bus.event where type in ('payment.charged', "
                                     "'payment.declined')");
            if (!rows || !rows->next() || rows->text(1).toLongLong() > 0)
                qFatal("A charge was declined.");
            if (rows->text(0).toLongLong() >= m_expected)
                return;
            QThread::msleep(100);
        }
        qFatal("The charges do not come to an end.");
    }

    const SystemClock m_clock;
    QTemporaryDir m_directory { u"/tmp/charge-bench-XXXXXX"_s };
    VendorProcess m_vendor;
    std::unique_ptr<ManagedCluster> m_cluster;
    Database m_database;
    qint64 m_expected = 0;
};

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    QLoggingCategory::setFilterRules(u"squad.*.info=false"_s);
    Figures figures;
    Bench bench;
    for (const int concurrency : { 8, 32 })
        bench.measure(figures, concurrency);
    return figures.report(application.arguments());
}
