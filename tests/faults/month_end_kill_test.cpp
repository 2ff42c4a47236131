#include "server/db/connection.h"
#include "server/db/database.h"
#include "server/events/outbox.h"
#include "server/services/payment/payment_events.h"
#include "server/services/timer/timer_events.h"
#include "shared/core/instant.h"
#include "tests/doubles/payment_vendor/vendor_process.h"
#include "tests/support/installation.h"

#include <QTest>
#include <QTimeZone>

#include <random>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A place in which customers live, and what its tax office takes in hundredths of a percent.
struct Place
{
    const char *zone;
    const char *usState;
    int tax;
};
constexpr std::array places {
    Place { "Pacific/Guam", "GU", 0 },        Place { "Pacific/Honolulu", "HI", 400 },
    Place { "America/Phoenix", "AZ", 560 },   Place { "America/New_York", "NY", 888 },
    Place { "America/Puerto_Rico", "PR", 0 },
};
constexpr int priceMinor = 1999;

// A year that has not begun yet. In most of them February ends on the 28th, when everybody's bill is due.
const int year = QDate::currentDate().year() + 1;

Instant noon(int month, int day)
{
    const QDateTime noon(QDate(year, month, day), QTime(12, 0), Qt::UTC);
    return Instant(std::chrono::milliseconds(noon.toMSecsSinceEpoch()));
}
const Instant begin = noon(2, 24);
const Instant afterFebruary = noon(3, 2);
const Instant afterMarch = noon(4, 2);

// Midnight of a bill's day, by another calendar than the one under test.
Instant billedAt(int month, int day, const Place &place)
{
    const QDate first(year, month, 1);
    const QDate date(year, month, std::min(day, first.daysInMonth()));
    const QDateTime local(date, QTime(0, 0), QTimeZone(place.zone));
    return Instant(std::chrono::milliseconds(local.toMSecsSinceEpoch()));
}

} // namespace

// The end of a month: every subscription is due within a day, the vendor charges and does not answer, refuses
// softly and for good, and the server dies while it collects. Each period is billed and charged exactly
// once, the ledger balances, and the vendor agrees to the cent.
//
// SQUAD_MONTH_END says how many subscriptions: 100000 for the real thing.
class MonthEndKillTest : public QObject
{
    Q_OBJECT

    static constexpr int payers = 40; // whose cards the others share
    static constexpr int slow = 20'000; // a day in four seconds: something is left to be killed in
    static constexpr int fast = 100'000;
    static constexpr int concurrency = 32;
    const int m_count = qEnvironmentVariableIsSet("SQUAD_MONTH_END")
        ? qEnvironmentVariableIntValue("SQUAD_MONTH_END")
        : 1000;
    const unsigned m_seed = std::random_device()();

    VendorProcess m_vendor;
    std::unique_ptr<Installation> m_installation;

private slots:
    void initTestCase()
    {
        qInfo("seed %u, %d subscriptions", m_seed, m_count);
        m_installation = std::make_unique<Installation>(
            m_vendor.serverOptions()
            + QStringList { u"--payment-concurrency"_s,
                            QString::number(concurrency),
                            u"--payment-timeout-ms"_s,
                            u"2000"_s }
        );
        m_vendor.sendWebhooksTo(m_installation->url());
        clonePayers();
        setTimers();
        // What the demo holds is nothing of this.
        administrate("update catalog.subscription set period_from = null, period_until = null, dates = null "
                     "where id not in (select id from probe.subscription)");
        administrate(
            "insert into timer.warp (reached, node) values ('" + toText(begin).toLatin1()
            + "', gen_random_uuid())"
        );
    }

    void eachPeriodIsChargedExactlyOnceOverEveryKill()
    {
        QLoggingCategory::setFilterRules(u"squad.*=false"_s); // a database that is gone is the point here
        // Given a vendor with troubles
        m_vendor.behave({ { u"latencyMs"_s, 50 },
                          { u"concurrency"_s, concurrency },
                          { u"hanging"_s, 0.05 },
                          { u"softDeclines"_s, 0.03 },
                          { u"hardDeclines"_s, 0.01 },
                          { u"webhookCopies"_s, 2 },
                          { u"webhookJitterMs"_s, 500 } });
        std::mt19937 random(m_seed);
        const auto share = [&] { return m_count / 10 + qint64(random() % unsigned(m_count * 7 / 10)); };

        // When February ends, and the server dies once while it bills and once while it collects
        QVERIFY(restart(slow));
        killOnce("select count(*) from billing.invoice", share());
        killOnce("select count(*) from payment.transfer where settled_at is not null", share());
        QVERIFY(passUntil(afterFebruary));
        QVERIFY(awaitBills(m_count));
        const qint64 paid = ask("select count(*) from billing.invoice where state = 'paid'");
        // Then everybody has one bill, and most of them are paid already
        QVERIFY2(paid > m_count * 9 / 10, qPrintable(QString::number(paid)));
        verifyBooks();

        // When March ends, on four days, in which those who could not pay have lost their plans
        QVERIFY(restart(fast));
        QVERIFY(passUntil(afterMarch));
        const qint64 ended = ask("select count(*) from billing.subscription where ended_at is not null");
        QVERIFY(awaitBills(m_count + m_count - ended));
        verifyBooks();
        verifyPeriods();
        qInfo(
            "%lld plans ended unpaid; %lld charges had no answer, %lld intents",
            ended,
            m_vendor.count(u"hung"_s),
            m_vendor.count(u"intents"_s)
        );
        QVERIFY(m_vendor.count(u"hung"_s) > 0);
    }

private:
    // Customers, their cards and the plan that they hold since January.
    void clonePayers()
    {
        for (int i = 0; i < payers; ++i) {
            const Installation::Person payer = m_installation->registered();
            const auto answer = m_installation->client(payer).send(
                "POST",
                u"/api/v1/cards"_s,
                R"({"number": "4242 4242 4242 4242", "expMonth": 12, "expYear": 2040})"
            );
            if (answer.status != 201)
                qFatal("no card: %s", answer.body.constData());
        }
        QTest::qVerify(
            waitUntil([&] {
                return ask("select count(*) from payment.card where vendor_method is not null") >= payers;
            }),
            "cards are with the vendor",
            "",
            __FILE__,
            __LINE__
        );
        QByteArray places;
        for (const Place &place : ::places) {
            places += places.isEmpty() ? "" : ", ";
            places += "('" + QByteArray(place.zone) + "', '" + place.usState + "')";
            if (place.tax > 0)
                administrate(
                    "insert into billing.tax_rate (us_state, basis_points) values ('"
                    + QByteArray(place.usState) + "', " + QByteArray::number(place.tax)
                    + ") on conflict (us_state, from_at) do update set basis_points = excluded.basis_points"
                );
        }
        administrate(
            R"sql(
            create schema probe;
            create table probe.subscription as
            select n, gen_random_uuid() as id, gen_random_uuid() as customer,
                (array[28, 29, 30, 31])[1 + n % 4] as day, (n / 4) % 5 as place
            from generate_series(0, )sql"
            + QByteArray::number(m_count - 1) + R"sql() n;
            create table probe.place as
            select row_number() over () - 1 as place, v.* from (values )sql"
            + places + R"sql() v (zone, us_state);
            create table probe.payer as
            select row_number() over () - 1 as place, u.phone, u.address, v.vendor_customer, c.vendor_method
            from payment.card c join payment.customer v on v.account_id = c.account_id
                join users.customer u on u.id = c.account_id
            where c.vendor_method is not null;

            insert into gateway.account (id, email, password_hash, role, name, created_at)
            select s.customer, s.customer || '@customers.example', '!', 'customer', 'Ada Customer', now()
            from probe.subscription s;
            insert into users.customer (id, email, name, phone, address, created_at)
            select s.customer, s.customer || '@customers.example', 'Ada Customer', p.phone,
                jsonb_set(p.address, '{state}', to_jsonb(l.us_state)), now()
            from probe.subscription s join probe.payer p on p.place = s.n % )sql"
            + QByteArray::number(payers) + R"sql( join probe.place l on l.place = s.place;
            insert into payment.customer select s.customer, p.vendor_customer
            from probe.subscription s join probe.payer p on p.place = s.n % )sql"
            + QByteArray::number(payers) + R"sql(;
            insert into payment.card (id, account_id, last4, brand, exp_month, exp_year, is_default, vendor_method, created_at)
            select gen_random_uuid(), s.customer, '4242', 'visa', 12, 2040, true, p.vendor_method, now()
            from probe.subscription s join probe.payer p on p.place = s.n % )sql"
            + QByteArray::number(payers) + R"sql(;
            update catalog.plan_version set price_minor = )sql"
            + QByteArray::number(priceMinor) + R"sql( where plan_id = (
                select id from catalog.plan where period = 'month' order by id limit 1);
            insert into catalog.subscription (
                id, customer_id, plan_id, plan_version, state, started_at, version, periods, dates, period_from, period_until)
            select s.id, s.customer, p.id, p.version, 'active', now(), 1, 1,
                jsonb_build_object('period', 'month', 'month', 1, 'day', s.day, 'minute', 0, 'zone', l.zone),
                make_timestamptz(y.year, 1, s.day, 0, 0, 0, l.zone),
                make_timestamptz(y.year, 2, least(s.day, y.days), 0, 0, 0, l.zone)
            from probe.subscription s join probe.place l on l.place = s.place,
                (select id, version from catalog.plan where period = 'month' order by id limit 1) p,
                (select )sql"
            + QByteArray::number(year) + " as year, " + QByteArray::number(QDate(year, 2, 1).daysInMonth())
            + R"sql( as days) y;
        )sql"
        );
    }

    void setTimers()
    {
        Database database({ .url = m_installation->databaseUrl(u"squad_server"_s), .workers = 1 });
        const auto connection = Connection::open(m_installation->databaseUrl(u"postgres"_s));
        auto rows = (*connection)->script("select id, place, day from probe.subscription");
        QList<Outbox::Draft> drafts;
        const auto flush = [&] {
            const auto done = database.transact("squad_catalog", [&](Session &session) {
                return Outbox::publishAll(session, std::exchange(drafts, {}));
            });
            if (!done)
                qFatal("%s", qPrintable(done.error().detail));
        };
        while (rows->next()) {
            const QString id = QString::fromLatin1(rows->text(0));
            const Instant due = billedAt(2, rows->text(2).toInt(), ::places.at(rows->text(1).toUInt()));
            const SetTimer command { u"catalog"_s, id, due, {}, {} };
            drafts += { toQString(SetTimer::type), id, json::encode(command).toObject(), {} };
            if (drafts.size() == 1000)
                flush();
        }
        flush();
        if (!waitUntil([&] {
                return ask("select count(*) from timer.timer where owner = 'catalog'") >= m_count;
            }))
            qFatal("The timers are not set.");
    }

    // At the world's pace without a factor.
    bool restart(std::optional<int> factor)
    {
        m_installation->server().kill();
        return m_installation->server().start(
            factor ? QStringList { u"--time-warp"_s, QString::number(*factor) } : QStringList()
        );
    }

    // While it works on what is counted by `sql`. Time goes on no further than the month's end meanwhile:
    // what is due then takes longer than the days of a warped clock.
    void killOnce(const QByteArray &sql, qint64 when)
    {
        bool isWarped = !hasReached(afterFebruary);
        const bool isTime = waitUntil([&] {
            if (isWarped && hasReached(afterFebruary))
                isWarped = !restart({});
            return ask(sql) >= when;
        });
        if (!isTime)
            qFatal("Nothing happens: %s", sql.constData());
        qInfo("killed at %lld of %s", ask(sql), sql.constData());
        if (!restart(isWarped ? std::optional(slow) : std::nullopt))
            qFatal("The server does not start: %s", m_installation->server().output().constData());
    }

    bool hasReached(Instant time) const
    {
        return ask("select count(*) from timer.warp where reached >= '" + toText(time).toLatin1() + '\'')
            == 1;
    }

    bool passUntil(Instant end)
    {
        return waitUntil([&] { return hasReached(end); }) && restart({});
    }

    // Until so many are written, and nothing is being asked.
    bool awaitBills(qint64 count)
    {
        // As long as it goes on: how fast it goes is not what is tested.
        bool isThere = false;
        for (qint64 before = -1; !isThere;) {
            const qint64 now = ask("select count(*) from payment.transfer where settled_at is not null");
            if (now == before)
                break;
            before = now;
            isThere = waitUntil(
                [&] {
                    return ask("select count(*) from billing.invoice where subscription_id in (select id "
                               "from probe.subscription)")
                        >= count
                        && ask("select count(*) from billing.invoice where is_asking") == 0;
                },
                3min
            );
        }
        if (!isThere) {
            qWarning(
                "%lld bills of %lld, %lld being asked",
                ask("select count(*) from billing.invoice"),
                count,
                ask("select count(*) from billing.invoice where is_asking")
            );
        }
        return isThere;
    }

    void verifyBooks()
    {
        QCOMPARE(ask("select coalesce(sum(amount_minor), 0) from billing.entry"), 0);
        const QByteArray paid = "from billing.invoice where state = 'paid'";
        const qint64 collected = ask("select coalesce(sum(net_minor + tax_minor), 0) " + paid);
        QCOMPARE(ask("select sum(amount_minor) from billing.entry where account = 'vendor'"), collected);
        const QJsonObject vendor = m_vendor.state();
        QCOMPARE(vendor.value(u"chargeMinor"_s).toInteger(), collected);
        QCOMPARE(vendor.value(u"charges"_s).toInteger(), ask("select count(*) " + paid));
        QCOMPARE(
            ask("select coalesce(sum(amount_minor), 0) from billing.entry where account = 'receivable'"),
            ask("select coalesce(sum(net_minor + tax_minor), 0) from billing.invoice where state = 'open'")
        );
        // Numbers without gaps.
        QCOMPARE(ask("select max(number) - min(number) + 1 - count(*) from billing.invoice"), 0);
    }

    // Against dates and sums of the test's own.
    void verifyPeriods()
    {
        const auto connection = Connection::open(m_installation->databaseUrl(u"postgres"_s));
        auto rows = (*connection)->script(R"sql(
            select s.day, s.place, bool_or(b.ended_at is not null)::int,
                string_agg((extract(epoch from i.from_at) * 1000)::bigint::text, ' ' order by i.from_at),
                string_agg((i.net_minor + i.tax_minor)::text, ' ' order by i.from_at),
                string_agg(i.state, ' ' order by i.from_at)
            from probe.subscription s left join billing.subscription b on b.id = s.id
                left join billing.invoice i on i.subscription_id = s.id
            group by s.n, s.day, s.place
        )sql");
        QVERIFY(rows);
        int seen = 0;
        for (; rows->next(); ++seen) {
            const Place &place = ::places.at(rows->text(1).toUInt());
            const int day = rows->text(0).toInt();
            const bool hasEnded = rows->text(2) == "1";
            QByteArrayList dates { QByteArray::number(billedAt(2, day, place).time_since_epoch().count()) };
            QByteArrayList sums { QByteArray::number(priceMinor + (priceMinor * place.tax + 5000) / 10'000) };
            if (!hasEnded) {
                dates += QByteArray::number(billedAt(3, day, place).time_since_epoch().count());
                sums += sums.first();
            }
            QCOMPARE(rows->text(3).toByteArray(), dates.join(' '));
            QCOMPARE(rows->text(4).toByteArray(), sums.join(' '));
            // Who has lost the plan has not paid for it, and nobody else has.
            QCOMPARE(rows->text(5).toByteArray().startsWith("paid"), !hasEnded);
        }
        QCOMPARE(seen, m_count);
    }

    template <class Condition>
    static bool waitUntil(Condition isTrue, std::chrono::minutes patience = 20min)
    {
        QDeadlineTimer deadline(patience);
        while (!isTrue()) {
            if (deadline.hasExpired())
                return false;
            QThread::msleep(50);
        }
        return true;
    }

    void administrate(const QByteArray &sql) const
    {
        const auto connection = Connection::open(m_installation->databaseUrl(u"postgres"_s));
        const auto done
            = connection ? (*connection)->script(sql) : fail(Problem::internal(u"no connection"_s));
        if (!done)
            qFatal("%s: %s", qPrintable(done.error().detail), sql.constData());
    }

    [[nodiscard]] qint64 ask(const QByteArray &sql) const
    {
        const auto connection = Connection::open(m_installation->databaseUrl(u"postgres"_s));
        auto rows = connection ? (*connection)->script(sql) : fail(Problem::internal(u"no connection"_s));
        if (!rows || !rows->next())
            qFatal("%s", sql.constData());
        return rows->text(0).toLongLong();
    }
};

QTEST_GUILESS_MAIN(MonthEndKillTest)
#include "month_end_kill_test.moc"
