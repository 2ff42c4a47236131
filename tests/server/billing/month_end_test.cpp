#include "tests/server/billing/billing_probe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int customers = 120;
const Instant start = *instantFromText(u"2026-01-28T18:00:00Z"_s);
const QList<std::pair<QString, QString>> places {
    { u"Pacific/Guam"_s, u"GU"_s },        { u"Pacific/Honolulu"_s, u"HI"_s },
    { u"America/Phoenix"_s, u"AZ"_s },     { u"America/New_York"_s, u"NY"_s },
    { u"America/Puerto_Rico"_s, u"PR"_s },
};

} // namespace

// Bill days 28 to 31 around the Pacific and the Caribbean, with a vendor that answers badly.
class MonthEndTest : public QObject
{
    Q_OBJECT

private slots:
    void eachPeriodIsChargedOnceAndTheVendorAgrees()
    {
        BillingProbe probe(start);
        probe.administrate("insert into billing.tax_rate values ('NY', 888), ('HI', 400), ('AZ', 560)");
        QList<Caller> people;
        QMap<QString, qint64> expected; // by account, what has to be paid in the end
        for (int i = 0; i < customers; ++i) {
            if (i % (customers / 4) == 0 && i > 0)
                probe.passUntil(start + std::chrono::days(i / (customers / 4))); // 28th, 29th, 30th, 31st
            const auto &[zone, state] = places[i % places.size()];
            people += probe.payment().customerWith();
            probe.livesIn(people.last(), zone, state);
            probe.activate(people.last(), 1000 + i);
        }
        // 5 % are charged and never answered, 3 % are refused softly. Hard refusals have tests of their own:
        // they end the plan, and the totals below would have to know when.
        probe.payment().vendor().behave({ { u"hanging"_s, 0.05 }, { u"softDeclines"_s, 0.03 } });
        probe.passUntil(*instantFromText(u"2026-03-02T12:00:00Z"_s));
        // What was refused is tried again.
        probe.payment().vendor().behave({ { u"hanging"_s, 0.0 }, { u"softDeclines"_s, 0.0 } });
        probe.passUntil(*instantFromText(u"2026-03-20T12:00:00Z"_s));

        // January to February, and February to March: everybody's second bill date was in February.
        qint64 owed = 0;
        for (int i = 0; i < customers; ++i) {
            const auto &[zone, state] = places[i % places.size()];
            const QHash<QString, int> rates { { u"NY"_s, 888 }, { u"HI"_s, 400 }, { u"AZ"_s, 560 } };
            const qint64 net = 1000 + i;
            const qint64 total = net + (net * rates.value(state) + 5000) / 10'000;
            owed += 2 * total;
            QCOMPARE(probe.statesOf(people[i]), (QStringList { u"paid"_s, u"paid"_s }));
        }
        QVERIFY(probe.booksBalance());
        QCOMPARE(probe.balance("vendor"), owed);
        QCOMPARE(probe.balance("receivable"), 0);
        // To the cent, and no charge that we do not know of.
        const QJsonObject vendor = probe.payment().vendor().state();
        QCOMPARE(vendor.value(u"chargeMinor"_s).toInteger(), owed);
        QCOMPARE(
            probe.number("select max(number) - min(number) + 1 from billing.invoice"),
            probe.number("select count(*) from billing.invoice")
        );
    }
};

QTEST_GUILESS_MAIN(MonthEndTest)
#include "month_end_test.moc"
