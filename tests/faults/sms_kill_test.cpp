#include "server/db/connection.h"
#include "tests/doubles/message_vendor/message_vendor_process.h"
#include "tests/support/installation.h"

#include <QTcpServer>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace

// Whatever dies or misbehaves, every short message is told once or is a dead letter with its reason.
class SmsKillTest : public QObject
{
    Q_OBJECT

    static constexpr int tickets = 24;

private slots:
    void nobodyIsToldTwiceAndNothingIsLost()
    {
        MessageVendorProcess vendor;
        const quint16 port = freePort();
        const QStringList receipts { u"--public-url"_s, u"http://127.0.0.1:%1"_s.arg(port) };
        Installation installation(vendor.serverOptions() + receipts, port);
        const api::Product product = installation.product();
        installation.hire(tickets, product);
        const Installation::Person customer = installation.customer();

        // When the vendor is away, hangs up on some, is slow and tells everything twice and in disorder,
        // while the server is killed again and again
        QList<api::TicketId> filed;
        for (int i = 0; i < tickets; ++i) {
            vendor.behave({ { u"outage"_s, i % 6 == 0 ? u"refuses"_s : u"none"_s },
                            { u"hangs"_s, i == 7 ? 1 : 0 },
                            { u"latencyMs"_s, 30 },
                            { u"receiptCopies"_s, 2 },
                            { u"receiptJitterMs"_s, 50 },
                            { u"receiptsBackwards"_s, i % 2 == 0 } });
            const auto ticket = installation.client(customer).call<api::ticket::Open>(
                {}, Installation::draft(product, u"It broke"_s)
            );
            QVERIFY2(ticket, qPrintable(ticket ? QString() : ticket.error().detail));
            filed.append(ticket->id);
            if (i % 8 == 5) {
                installation.await(installation.manager(), ticket->id, isAssigned);
                installation.server().kill();
                QVERIFY2(installation.server().start(), installation.server().output().constData());
            }
        }
        vendor.behave({ { u"outage"_s, u"none"_s }, { u"hangs"_s, 0 } });
        for (const api::TicketId &id : filed)
            installation.await(installation.manager(), id, isAssigned);

        // Then the ledger has one for each ticket, and comes to an end with all of them
        const auto ledger = Connection::open(installation.databaseUrl(u"postgres"_s));
        QVERIFY(ledger);
        const auto count = [&ledger](const QByteArray &condition) {
            auto rows = (*ledger)->script(
                "select count(*) from notification.message where channel = 'sms' and " + condition
            );
            return rows && rows->next() ? rows->text(0).toByteArray().toInt() : -1;
        };
        const auto isSettled = [&] {
            return count("kind = 'jobAssigned'") >= tickets && count("state in ('waiting', 'sending')") == 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSettled(), 180'000);
        QCOMPARE(count("state not in ('sent', 'dead')"), 0);
        QCOMPARE(count("state = 'dead' and coalesce(trouble, '') = ''"), 0);

        // And nobody was told twice
        const QList<QJsonObject> told = vendor.texts();
        QHash<QString, int> times;
        for (const QJsonObject &each : told)
            ++times[each[u"text"_s].toString()];
        for (auto each = times.begin(); each != times.end(); ++each) {
            const QString text = QString(each.key()).replace(u'\'', u"''"_s);
            QVERIFY2(each.value() <= count("text = '" + text.toUtf8() + '\''), qPrintable(text));
        }
        // What is sent was told, and of what is dead nobody can say.
        QVERIFY(told.size() >= count("state = 'sent'"));
        QVERIFY(told.size() <= count("state in ('sent', 'dead')"));
        QVERIFY(count("state = 'sent'") > tickets / 2);
        qInfo("%d told, %d dead letters", static_cast<int>(told.size()), count("state = 'dead'"));
    }

private:
    static bool isAssigned(const api::Ticket &ticket) { return ticket.state == api::TicketState::assigned; }
};

QTEST_GUILESS_MAIN(SmsKillTest)
#include "sms_kill_test.moc"
