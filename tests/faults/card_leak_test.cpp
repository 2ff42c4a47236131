#include "server/db/connection.h"
#include "server/db/database.h"
#include "server/events/outbox.h"
#include "server/services/payment/payment_events.h"
#include "server/services/payment/webhook_signature.h"
#include "shared/core/clock.h"
#include "tests/doubles/payment_vendor/vendor_process.h"
#include "tests/support/installation.h"

#include <QDirIterator>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <random>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A number that occurs nowhere by chance.
QByteArray madeUpNumber()
{
    QByteArray digits = "4";
    for (int i = 0; i < 14; ++i)
        digits += static_cast<char>('0' + std::random_device()() % 10);
    for (char last = '0'; last <= '9'; ++last) {
        if (hasValidCheckDigit(QByteArray(digits + last)))
            return digits + last;
    }
    return {};
}

QByteArray spaced(const QByteArray &number)
{
    return number.mid(0, 4) + ' ' + number.mid(4, 4) + ' ' + number.mid(8, 4) + ' ' + number.mid(12);
}

QByteArray wide(const QByteArray &text)
{
    QByteArray wide;
    for (const char each : text)
        wide.append(each).append('\0');
    return wide;
}

// All forms in which a number could lie around.
QByteArrayList formsOf(const QByteArray &number)
{
    return { number,
             spaced(number),
             wide(number),
             wide(spaced(number)),
             number.toHex(),
             number.toBase64().chopped(2),
             QByteArray::fromHex(number) };
}

} // namespace

// Cards are added, refused, charged and removed, with the vendor there and not; then everything that the
// server has left anywhere is searched for their numbers.
class CardLeakTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_installation = std::make_unique<Installation>(
            m_vendor.serverOptions()
            + QStringList { u"--payment-timeout-ms"_s, u"500"_s, u"--log-level"_s, u"debug"_s }
        );
        m_vendor.sendWebhooksTo(m_installation->url());
        m_customer = m_installation->registered(); // without a plan: what is charged is what the test asks for

        m_kept = add();
        charge();
        m_vendor.behave({ { u"outage"_s, u"refuses"_s } });
        m_sealed = add(); // and stays so: the vendor does not come back
        m_removed = add();
        QCOMPARE(send("DELETE", "/api/v1/cards/"_L1 + m_removed.id, {}), 204);
        const QByteArray number = madeUpNumber();
        m_numbers += number;
        const QByteArray changed
            = number.chopped(1) + static_cast<char>('0' + (number.back() - '0' + 1) % 10);
        m_numbers += changed;
        QCOMPARE(send("POST", u"/api/v1/cards"_s, body(changed, 12)), 422);
        QCOMPARE(send("POST", u"/api/v1/cards"_s, body(number, 13)), 422);
        QCOMPARE(send("POST", u"/api/v1/cards"_s, body(number, 12).chopped(1)), 400);
        QCOMPARE(send("POST", u"/api/v1/cards?number="_s + QString::fromLatin1(number), "{}"), 422);
        QCOMPARE(send("GET", u"/api/v1/cards"_s, {}), 200);
    }

    void theDataDirectoryHoldsNone()
    {
        administrate("checkpoint");
        administrate("select pg_switch_wal()");

        qint64 searched = 0;
        QDirIterator walk(
            m_installation->dataDir(), QDir::Files | QDir::Hidden | QDir::System, QDirIterator::Subdirectories
        );
        while (walk.hasNext()) {
            QFile file(walk.next());
            if (!file.open(QIODevice::ReadOnly))
                continue;
            const QByteArray content = file.readAll();
            searched += content.size();
            QVERIFY2(!holdsNumber(content), qPrintable(file.fileName()));
        }
        QVERIFY(searched > 16'000'000); // one segment of the log at least
        // The search would find one: the last four digits are there.
        QVERIFY(
            administrate(
                "select count(*) from payment.card where last4 = '" + m_sealed.number.right(4) + '\''
            )
            > 0
        );
        QVERIFY(administrate("select count(*) from payment.card where number is not null") > 0);
    }

    void aBackupHoldsNone()
    {
        QProcess dump;
        dump.start(u"pg_dump"_s, { u"-d"_s, m_installation->databaseUrl(u"postgres"_s) });
        QVERIFY(dump.waitForFinished(60'000));
        const QByteArray backup = dump.readAllStandardOutput();

        QCOMPARE(dump.exitCode(), 0);
        QVERIFY(backup.contains("payment.card"));
        QVERIFY(!holdsNumber(backup));
    }

    void logsAndAnswersHoldNone()
    {
        QVERIFY(m_installation->server().output().contains("/api/v1/cards"));
        QVERIFY(!holdsNumber(m_installation->server().output()));
        QVERIFY(m_answers.size() > 8);
        for (const QByteArray &answer : m_answers)
            QVERIFY2(!holdsNumber(answer), answer.constData());
    }

    void theMemoryOfTheDatabaseHoldsNone()
    {
        QList<qint64> processes { m_installation->postmaster() };
        processes += childrenOf(processes.first());
        QVERIFY(processes.size() > 5);

        qint64 searched = 0;
        for (const qint64 pid : processes)
            QVERIFY2(!memoryHoldsNumber(pid, searched), qPrintable(u"process %1"_s.arg(pid)));
        if (searched == 0)
            QSKIP("The memory of others cannot be read here.");
        // The search would find one, where there is one.
        qint64 own = 0;
        QVERIFY(memoryHoldsNumber(QCoreApplication::applicationPid(), own));
    }

    void theServerLeavesNoCoreDump()
    {
        QFile limits(u"/proc/%1/limits"_s.arg(m_installation->server().pid()));
        QVERIFY(limits.open(QIODevice::ReadOnly));

        const QString text = QString::fromLatin1(limits.readAll());

        const auto match = QRegularExpression(u"Max core file size\\s+(\\d+)\\s+(\\d+)"_s).match(text);
        QCOMPARE(match.captured(1), u"0"_s);
        QCOMPARE(match.captured(2), u"0"_s);
    }

    void aStrangerOverHttpNeitherSeesNorRemovesACard()
    {
        BlockingClient stranger = m_installation->client(m_installation->customer());
        BlockingClient manager = m_installation->client(m_installation->manager());
        BlockingClient nobody(m_installation->url());
        const QString card = "/api/v1/cards/"_L1 + m_kept.id;

        QCOMPARE(stranger.send("GET", u"/api/v1/cards"_s).json()["items"_L1].toArray().size(), 0);
        QCOMPARE(stranger.send("DELETE", card).status, 404);
        QCOMPARE(stranger.send("POST", card + "/default"_L1).status, 404);
        QCOMPARE(manager.send("DELETE", card).status, 403);
        QCOMPARE(manager.send("GET", u"/api/v1/cards"_s).status, 403);
        QCOMPARE(nobody.send("GET", u"/api/v1/cards"_s).status, 401);
        QCOMPARE(nobody.send("DELETE", card).status, 401);
        QCOMPARE(administrate("select count(*) from payment.card where removed_at is null"), 2);
    }

    void aForgedWebhookIsForbiddenAndARightOneIsTaken()
    {
        const QByteArray event
            = R"({"id": "evt_x", "type": "payment_intent.succeeded", "data": {"object": {}}})";
        const Instant now = SystemClock().now();

        QCOMPARE(ring(event, "t=1,v1=00"), 403);
        QCOMPARE(ring(event, webhook_signature::sign(event, Secret("whsec_guessed"), now)), 403);
        QCOMPARE(ring(event, webhook_signature::sign(event, Secret(m_vendor.webhookKey()), now)), 204);
        QCOMPARE(ring(QByteArray(300'000, ' '), "t=1,v1=00"), 413);
    }

private:
    struct Added
    {
        QByteArray number;
        QString id;
    };

    static QByteArray body(const QByteArray &number, int month)
    {
        return "{\"number\": \"" + spaced(number) + "\", \"expMonth\": " + QByteArray::number(month)
            + ", \"expYear\": 2040}";
    }

    Added add()
    {
        const QByteArray number = madeUpNumber();
        m_numbers += number;
        if (send("POST", u"/api/v1/cards"_s, body(number, 12)) != 201)
            qFatal("no card: %s", m_answers.last().constData());
        return { number, QJsonDocument::fromJson(m_answers.last())["id"_L1].toString() };
    }

    int send(const QByteArray &method, const QString &target, const QByteArray &content)
    {
        const auto answer = m_installation->client(m_customer).send(method, target, content);
        m_answers += answer.body;
        for (auto header = answer.headers.begin(); header != answer.headers.end(); ++header)
            m_answers += header.value();
        m_answers += answer.body;
        return answer.status;
    }

    int ring(const QByteArray &event, const QByteArray &signature)
    {
        return BlockingClient(m_installation->url())
            .send("POST", u"/api/v1/webhooks/payment"_s, event, { { "Stripe-Signature", signature } })
            .status;
    }

    void charge()
    {
        const ChargeInvoice command {
            api::InvoiceId::make(), 1, m_customer.id, { 1999, u"USD"_s }, u"Plan"_s
        };
        Database database({ .url = m_installation->databaseUrl(u"squad_server"_s), .workers = 1 });
        QVERIFY(database.transact("squad_catalog", [&](Session &session) {
            return Outbox::publish(session, m_customer.id.toString(), command, {});
        }));
        QTRY_COMPARE_WITH_TIMEOUT(
            administrate("select count(*) from bus.event where type = 'payment.charged'"), 1, 30'000
        );
        QTRY_VERIFY_WITH_TIMEOUT(m_vendor.count(u"webhooksDelivered"_s) > 0, 30'000);
    }

    [[nodiscard]] bool holdsNumber(const QByteArray &content) const
    {
        return std::ranges::any_of(m_numbers, [&](const QByteArray &number) {
            const QByteArrayList forms = formsOf(number);
            return std::ranges::any_of(forms, [&](const QByteArray &form) { return content.contains(form); });
        });
    }

    static QList<qint64> childrenOf(qint64 pid)
    {
        QList<qint64> children;
        QDirIterator threads(u"/proc/%1/task"_s.arg(pid), QDir::Dirs | QDir::NoDotAndDotDot);
        while (threads.hasNext()) {
            QFile list(threads.next() + "/children"_L1);
            if (!list.open(QIODevice::ReadOnly))
                continue;
            for (const QByteArray &child : list.readAll().split(' ')) {
                if (const qint64 number = child.toLongLong(); number > 0)
                    children += number;
            }
        }
        return children;
    }

    // All that it can write to and that is in memory: what it has never touched must not come to be by being
    // looked at.
    bool memoryHoldsNumber(qint64 pid, qint64 &searched)
    {
        QFile maps(u"/proc/%1/maps"_s.arg(pid));
        QFile memory(u"/proc/%1/mem"_s.arg(pid));
        QFile pages(u"/proc/%1/pagemap"_s.arg(pid));
        if (!maps.open(QIODevice::ReadOnly) || !memory.open(QIODevice::ReadOnly | QIODevice::Unbuffered)
            || !pages.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
            return false;
        for (const QByteArray &line : maps.readAll().split('\n')) {
            const QByteArrayList range = line.left(line.indexOf(' ')).split('-');
            if (range.size() != 2 || !line.contains(" rw"))
                continue;
            const qint64 first = range[0].toLongLong(nullptr, 16) / pageSize;
            const qint64 last = range[1].toLongLong(nullptr, 16) / pageSize;
            const bool isShared = line.contains(" rw-s");
            // Documentation/admin-guide/mm/pagemap.rst: a word for each page, its highest bit is "present".
            const QByteArray states = pages.seek(first * 8) ? pages.read((last - first) * 8) : QByteArray();
            if (states.size() != (last - first) * 8)
                continue;
            QByteArray run; // of neighbouring pages
            for (qint64 page = first; page < last; ++page) {
                const bool isPresent = (states.at((page - first) * 8 + 7) & 0x80) != 0;
                const bool isNew = isPresent && (!isShared || !m_sharedPages.contains(page));
                if (isNew && memory.seek(page * pageSize))
                    run += memory.read(pageSize);
                if (isNew && isShared) // at the same address in all of PostgreSQL's processes
                    m_sharedPages.insert(page);
                if (isNew && run.size() < largestRun && page + 1 < last)
                    continue;
                searched += run.size();
                if (!run.isEmpty() && holdsNumber(std::exchange(run, {})))
                    return true;
            }
        }
        return false;
    }

    qint64 administrate(const QByteArray &sql) const
    {
        const auto connection = Connection::open(m_installation->databaseUrl(u"postgres"_s));
        auto rows = connection ? (*connection)->script(sql) : fail(Problem::internal(u"no connection"_s));
        if (!rows)
            qFatal("%s", sql.constData());
        return rows->next() ? rows->text(0).toLongLong() : 0;
    }

    static constexpr qint64 pageSize = 4096;
    static constexpr qsizetype largestRun = 16 << 20;

    VendorProcess m_vendor;
    std::unique_ptr<Installation> m_installation;
    Installation::Person m_customer;
    QByteArrayList m_numbers; // that were typed
    QByteArrayList m_answers;
    QSet<qint64> m_sharedPages; // that were searched
    Added m_kept;
    Added m_sealed;
    Added m_removed;
};

QTEST_GUILESS_MAIN(CardLeakTest)
#include "card_leak_test.moc"
