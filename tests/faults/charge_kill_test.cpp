#include "server/db/connection.h"
#include "server/db/database.h"
#include "server/events/outbox.h"
#include "server/services/payment/payment_events.h"
#include "tests/doubles/payment_vendor/vendor_process.h"
#include "tests/support/installation.h"

#include <QTest>

#include <random>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// The server dies again and again while it charges, and the vendor charges and does not answer: each invoice
// is charged exactly once, and vendor and events agree to the cent.
class ChargeKillTest : public QObject
{
    Q_OBJECT

    static constexpr int customers = 6;
    static constexpr int invoices = 400;
    static constexpr int fewestKills = 3;
    static constexpr int mostKills = 8;

private slots:
    void eachInvoiceIsChargedOnceOverEveryKill()
    {
        // Given customers with cards, and a vendor with troubles of its own
        VendorProcess vendor;
        vendor.behave({ { u"latencyMs"_s, 100 },
                        { u"concurrency"_s, 4 },
                        { u"hanging"_s, 0.05 },
                        { u"softDeclines"_s, 0.03 },
                        { u"hardDeclines"_s, 0.01 },
                        { u"webhookCopies"_s, 2 },
                        { u"webhookJitterMs"_s, 500 } });
        Installation installation(
            vendor.serverOptions()
            + QStringList { u"--payment-concurrency"_s, u"4"_s, u"--payment-timeout-ms"_s, u"500"_s }
        );
        vendor.sendWebhooksTo(installation.url());
        QList<api::AccountId> payers;
        for (int i = 0; i < customers; ++i)
            payers += payer(installation);

        // When all is due at once and the server is killed at any moment of it
        const qint64 due = publish(installation, payers);
        const unsigned seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        int kills = 0;
        QDeadlineTimer deadline(4min);
        while (decided(installation) < invoices && !deadline.hasExpired()) {
            QThread::msleep(300 + random() % 1500);
            if (kills == mostKills) // what is left are the leases of the dead
                continue;
            installation.server().kill();
            ++kills;
            QVERIFY2(installation.server().start(), installation.server().output().constData());
        }
        qInfo("%d kills", kills);
        QVERIFY2(kills >= fewestKills, "too little was hit: this run proves nothing");
        QCOMPARE(decided(installation), invoices);

        // Then each invoice has one outcome, and what is paid was charged once
        const qint64 paid = ask(installation, "select count(*)" + outcomes("charged"));
        QCOMPARE(
            ask(installation,
                "select count(distinct payload ->> 'invoiceId')" + outcomes("charged|declined")),
            invoices
        );
        QCOMPARE(vendor.count(u"charges"_s), paid);
        // And the vendor was asked about each under one name
        QCOMPARE(vendor.count(u"intents"_s), invoices);
        // And both agree to the cent
        const QByteArray sum = "select sum((payload #>> '{amount,minor}')::bigint)";
        const qint64 charged = ask(installation, sum + outcomes("charged"));
        QCOMPARE(vendor.count(u"chargeMinor"_s), charged);
        QCOMPARE(charged + ask(installation, sum + outcomes("declined")), due);
        QVERIFY(vendor.count(u"hung"_s) > 0);
    }

private:
    static api::AccountId payer(Installation &installation)
    {
        // Without a plan: what is charged is what the test asks for, and no bill of the billing service.
        const Installation::Person customer = installation.registered();
        const QByteArray body = R"({"number": "4242 4242 4242 4242", "expMonth": 12, "expYear": 2040})";
        const auto answer = installation.client(customer).send("POST", u"/api/v1/cards"_s, body);
        if (answer.status != 201)
            qFatal("no card: %s", answer.body.constData());
        return customer.id;
    }

    // The sum of all.
    static qint64 publish(Installation &installation, const QList<api::AccountId> &payers)
    {
        qint64 sum = 0;
        QList<Outbox::Draft> drafts;
        for (int i = 0; i < invoices; ++i) {
            const api::AccountId who = payers.at(i % payers.size());
            const ChargeInvoice command {
                api::InvoiceId::make(), 1, who, { 500 + 7 * i, u"USD"_s }, u"Plan"_s
            };
            sum += command.amount.minor;
            const Outbox::Draft draft {
                toQString(ChargeInvoice::type), who.toString(), json::encode(command).toObject(), {}
            };
            drafts += draft;
            if (i % 5 == 0)
                drafts += draft; // as a service does that is not sure
        }
        Database database({ .url = installation.databaseUrl(u"squad_server"_s), .workers = 1 });
        const auto published = database.transact("squad_catalog", [&](Session &session) {
            return Outbox::publishAll(session, drafts);
        });
        if (!published)
            qFatal("%s", qPrintable(published.error().detail));
        return sum;
    }

    static qint64 decided(const Installation &installation)
    {
        return ask(installation, "select count(*)" + outcomes("charged|declined"));
    }
    // Of what the test asked for: the demo's customer has a plan, so billing asks for money as well.
    static QByteArray outcomes(const QByteArray &which)
    {
        return " from bus.event where type ~ '^payment[.](" + which
            + ")$' and payload ->> 'invoiceId' not in (select id::text from billing.invoice)";
    }
    static qint64 ask(const Installation &installation, const QByteArray &sql)
    {
        const auto connection = Connection::open(installation.databaseUrl(u"postgres"_s));
        auto rows = connection ? (*connection)->script(sql) : fail(Problem::internal(u"no connection"_s));
        if (!rows || !rows->next())
            qFatal("%s", sql.constData());
        return rows->text(0).toLongLong();
    }
};

QTEST_GUILESS_MAIN(ChargeKillTest)
#include "charge_kill_test.moc"
