#include "server/db/connection.h"
#include "server/events/outbox.h"
#include "server/events/postgres_bus.h"
#include "server/services/timer/timer_events.h"
#include "shared/api/accounting.h"
#include "tests/faults/ticket_life.h"

#include <QTest>

#include <random>
#include <set>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr const char *role = "squad_ticket";

// A firing as the owner wrote it down.
struct Written
{
    QString key;
    Instant dueAt;
    Instant firedAt;
};
BOOST_DESCRIBE_STRUCT(Written, (), (key, dueAt, firedAt))

const Statement writeDown { "probe.write", R"sql(
    insert into probe.fired (key, due_at, fired_at, reached)
    select f.key, f.due_at, f.fired_at, w.reached
    from timer.warp w, unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) f (key, due_at, fired_at)
    on conflict (key, due_at) do update set times = fired.times + 1
)sql" };

// The owner of the timers: takes their firings in, a repeated one as one that it knows.
class Owner
{
public:
    std::shared_ptr<const Consumer> consumer()
    {
        auto consumer = std::make_shared<Consumer>(u"probe"_s, role);
        consumer->beforeBatch([this](Session &) -> Result<void> {
            m_keys.clear();
            m_due.clear();
            m_fired.clear();
            return {};
        });
        consumer->onType(u"timer.fired.probe"_s, [this](Session &, const Event &event) -> Result<void> {
            const TimerFired fired = TRY(json::fromJson<TimerFired>(event.payload));
            for (qsizetype i = 0; i < m_keys.size(); ++i) {
                if (m_keys.at(i) == fired.key && m_due.at(i) == fired.dueAt)
                    return {};
            }
            m_keys += fired.key;
            m_due += fired.dueAt;
            m_fired += fired.firedAt;
            return {};
        });
        consumer->afterBatch([this](Session &session) -> Result<void> {
            TRY(session.exec(writeDown, m_keys, m_due, m_fired));
            return {};
        });
        return consumer;
    }

private:
    QStringList m_keys;
    QList<Instant> m_due;
    QList<Instant> m_fired;
};

// A demo installation whose server can be made to let months pass in seconds.
class WarpedServer
{
public:
    static constexpr int factor = 700'000; // eight days a second

    [[nodiscard]] Installation &installation() { return m_installation; }
    [[nodiscard]] bool killAndStart()
    {
        m_installation.server().kill();
        return m_installation.server().start({ u"--time-warp"_s, QString::number(factor) });
    }
    [[nodiscard]] QByteArray output() { return m_installation.server().output(); }

    bool administrate(const QByteArray &sql)
    {
        const auto connection = Connection::open(m_installation.databaseUrl(u"postgres"_s));
        return connection && (*connection)->script(sql);
    }
    // The only value of a query; none while the database is down.
    std::optional<QString> ask(const QByteArray &sql)
    {
        const auto connection = Connection::open(m_installation.databaseUrl(u"postgres"_s));
        auto rows = connection ? (*connection)->script(sql) : fail(Problem::unavailable(u"down"_s));
        if (!rows || !rows->next())
            return std::nullopt;
        return QString::fromUtf8(rows->text(0));
    }
    qint64 number(const QByteArray &sql) { return ask(sql).value_or(u"-1"_s).toLongLong(); }

private:
    Installation m_installation;
};

} // namespace

// None lost, none early, repeats absorbed: the server is killed at random while months pass. As long as
// SQUAD_TIMER_KILL_SECONDS says, counted while the server runs: 600 for a soak of thirteen warped years.
class TimerKillTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int count = 100'000;
    static constexpr int perTransaction = 1000;
    static constexpr int recurringCount = 12;
    static constexpr int patience = 180'000;
    const std::chrono::seconds m_duration { qEnvironmentVariableIsSet("SQUAD_TIMER_KILL_SECONDS")
                                                ? qEnvironmentVariableIntValue("SQUAD_TIMER_KILL_SECONDS")
                                                : 20 };
    const unsigned m_seed = std::random_device()();

private slots:
    void initTestCase()
    {
        qInfo("seed %u", m_seed);
        // A database that is gone is the point here, and no news.
        QLoggingCategory::setFilterRules(u"squad.*=false"_s);
        m_tickets = TicketLife(m_server.installation()).unfold();
        QVERIFY2(m_server.killAndStart(), m_server.output().constData());
        QVERIFY(m_server.administrate(R"sql(
            create schema probe;
            create table probe.fired (
                key text not null, due_at timestamptz not null, fired_at timestamptz not null,
                reached timestamptz not null, -- what the warped clock had been allowed to show
                times int not null default 1, primary key (key, due_at)
            );
            grant usage on schema probe, timer to squad_ticket;
            grant all on probe.fired to squad_ticket;
            grant select on timer.warp to squad_ticket;
        )sql"));
        m_begin = reached();
        m_end = m_begin + WarpedServer::factor * m_duration;
    }

    void killedAtRandomTheServerLosesNoTimerAndFiresNoneEarly()
    {
        // Given an owner that listens all the time, and sets its timers while the server is being killed
        const QString url = m_server.installation().databaseUrl(u"squad_server"_s);
        Database database({ .url = url, .workers = 2 });
        PostgresBus bus(database, { .url = url });
        Owner owner;
        bus.subscribe(owner.consumer());
        bus.start();
        std::atomic<bool> isSet = false;
        std::jthread setter([&] {
            setAll(database);
            isSet = true;
        });

        // When the server dies again and again until the last timer is due
        std::mt19937 random(m_seed);
        int kills = 0;
        while (reached() < m_end || !isSet) {
            QTest::qWait(int(200 + random() % 3000));
            ++kills;
            QVERIFY2(m_server.killAndStart(), m_server.output().constData());
        }
        const QByteArray once = "select count(*) from probe.fired where key !~ '^monthly'";
        const qint64 meanwhile = m_server.number(once);
        qInfo("%d kills; %lld timers had fired by the last one", kills, meanwhile);

        // Then each timer has fired for its time and no other, and those that recur at each of their dates
        QTRY_COMPARE_WITH_TIMEOUT(m_server.number(once), count, patience);
        for (int i = 0; i < recurringCount; ++i) {
            const QString last = toText(recurrencesOf(i).last());
            QTRY_COMPARE_WITH_TIMEOUT(
                m_server.number(
                    "select count(*) from probe.fired where key = 'monthly-" + QByteArray::number(i)
                    + "' and due_at = '" + last.toLatin1() + '\''
                ),
                1,
                patience
            );
        }
        bus.stop();
        verify(database);
        verifyAccounts();
        QVERIFY2(kills > 2 && meanwhile > count / 10, "too little was hit: this run proves nothing");
    }

private:
    Instant reached()
    {
        const auto text = m_server.ask("select timer.iso(reached) from timer.warp");
        return text ? instantFromText(*text).value_or(Instant()) : Instant();
    }

    // Spread over the whole time, so that some are due at any moment at which the server dies.
    [[nodiscard]] Instant dueOf(int n) const
    {
        return m_begin + (m_end - m_begin) / count * ((n * 7919LL) % count);
    }

    [[nodiscard]] Recurrence recurrenceOf(int n) const
    {
        Recurrence recurrence;
        recurrence.day.value = 20 + n;
        recurrence.minute.value = n * 97 % 1440;
        recurrence.zone = n % 2 == 0 ? u"America/New_York"_s : u"Pacific/Honolulu"_s;
        return recurrence;
    }

    [[nodiscard]] QList<Instant> recurrencesOf(int n) const
    {
        QList<Instant> dates { nextOccurrence(recurrenceOf(n), m_begin) };
        while (nextOccurrence(recurrenceOf(n), dates.last()) < m_end)
            dates += nextOccurrence(recurrenceOf(n), dates.last());
        return dates;
    }

    // Each command until its transaction is known to have committed: it may well do so twice.
    void setAll(Database &database) const
    {
        const auto insist = [&](const QList<Outbox::Draft> &drafts) {
            while (!database.transact(role, [&](Session &session) {
                return Outbox::publishAll(session, drafts);
            }))
                std::this_thread::sleep_for(20ms);
        };
        QList<Outbox::Draft> drafts;
        for (int i = 0; i < recurringCount; ++i)
            drafts
                += draft({ u"probe"_s, u"monthly-%1"_s.arg(i), recurrencesOf(i).first(), {}, recurrenceOf(i) }
                );
        insist(drafts);
        for (int n = 0; n < count;) {
            drafts.clear();
            for (int i = 0; i < perTransaction; ++i, ++n)
                appendCommands(drafts, n);
            insist(drafts);
        }
    }

    // Every tenth is moved, and beside every tenth one is cancelled again.
    void appendCommands(QList<Outbox::Draft> &drafts, int n) const
    {
        const QString key = QString::number(n);
        const Instant far = m_end + 24h * 365 * 50;
        if (n % 10 == 1)
            drafts += draft({ u"probe"_s, key, far, {} });
        drafts += draft({ u"probe"_s, key, dueOf(n), {} });
        if (n % 10 == 2) {
            drafts += draft({ u"probe"_s, u"cancelled-"_s + key, far, {} });
            drafts += { u"timer.cancel"_s,
                        u"cancelled-"_s + key,
                        json::encode(CancelTimer { u"probe"_s, u"cancelled-"_s + key }).toObject(),
                        {} };
        }
    }

    static Outbox::Draft draft(const SetTimer &command)
    {
        return { toQString(SetTimer::type), command.key, json::encode(command).toObject(), {} };
    }

    void verify(Database &database)
    {
        // None early, by the word of the server and by what its clock can have shown when it was heard of.
        QCOMPARE(
            m_server.number("select count(*) from probe.fired where fired_at < due_at or reached < due_at"), 0
        );

        static const Statement all { "probe.all", "select key, due_at, fired_at from probe.fired" };
        const auto written
            = database.transact(role, [](Session &session) { return session.many<Written>(all); });
        QVERIFY(written);
        QMap<QString, std::set<Instant>> recurring;
        for (const Written &each : *written) {
            if (each.key.startsWith(u"monthly-"_s))
                recurring[each.key].insert(each.dueAt);
            else
                QVERIFY2(each.dueAt == dueOf(each.key.toInt()), qPrintable(each.key));
        }
        for (int i = 0; i < recurringCount; ++i) {
            for (const Instant date : recurrencesOf(i))
                QVERIFY2(recurring[u"monthly-%1"_s.arg(i)].contains(date), qPrintable(toText(date)));
        }
        qInfo("%lld firings came twice", m_server.number("select count(*) from probe.fired where times > 1"));

        if (const auto others
            = m_server.ask("select string_agg(grp || ' ' || n || ': ' || error, '; ') from "
                           "(select grp, count(*) n, max(error) error from bus.retry group by grp) r"))
            qInfo("waiting for another try: %s", qPrintable(*others));

        // And nothing else is left than those that recur.
        QCOMPARE(m_server.number("select count(*) from timer.timer where owner = 'probe'"), recurringCount);
        // What failed because the database was gone has been tried again.
        QTRY_COMPARE_WITH_TIMEOUT(
            m_server.number("select count(*) from bus.retry where grp in ('timer', 'probe')"), 0, patience
        );
    }

    // Every ticket is where months take it, and nobody says otherwise.
    void verifyAccounts()
    {
        Installation &installation = m_server.installation();
        BlockingClient manager = installation.client(installation.manager());
        Result<api::Accounting> accounts = manager.call<api::accounting::Fetch>();
        const auto isEven
            = [&accounts] { return accounts && accounts->balanced && accounts->sweep.completedAt; };
        const QDeadlineTimer deadline(patience);
        while (!isEven() && !deadline.hasExpired()) {
            QTest::qWait(200);
            accounts = manager.call<api::accounting::Fetch>();
        }
        QVERIFY2(
            isEven(), accounts ? json::write(*accounts).constData() : qPrintable(accounts.error().detail)
        );
        QCOMPARE(accounts->created, m_tickets);
        qint64 closed = 0;
        for (const api::RegionBalance &region : std::as_const(accounts->regions)) {
            for (const api::PlaceCount &place : region.places)
                closed += place.place == api::TicketPlace::closed ? place.tickets : 0;
        }
        QCOMPARE(closed, m_tickets / 5); // those that were completed
    }

    WarpedServer m_server;
    int m_tickets = 0;
    Instant m_begin;
    Instant m_end;
};

QTEST_GUILESS_MAIN(TimerKillTest)

#include "timer_kill_test.moc"
