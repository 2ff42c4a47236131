#include "tests/support/installation.h"

#include <QTest>

using namespace Qt::StringLiterals;

// Whoever has no business here learns nothing, on every endpoint there is.
class TrespassTest : public QObject
{
    Q_OBJECT

    struct Operation
    {
        QByteArray method;
        QString path;
    };

private slots:
    void initTestCase()
    {
        m_installation = std::make_unique<Installation>();
        const api::Product product = m_installation->product();
        const QList<Installation::Person> experts = m_installation->hire(2, product);
        m_owner = m_installation->customer();
        m_stranger = m_installation->customer();
        const auto filed = m_installation->client(m_owner).call<api::ticket::Open>(
            {}, Installation::draft(product, u"Only mine"_s)
        );
        QVERIFY(filed);
        m_ticket = m_installation->await(m_installation->manager(), filed->id, [](const api::Ticket &each) {
            return each.state == api::TicketState::assigned;
        });
        QVERIFY(m_ticket.expert);
        m_otherExpert = m_ticket.expert->id == experts[0].id ? experts[1] : experts[0];
        readOperations();
    }

    void cleanupTestCase() { m_installation.reset(); }

    void withoutAGoodTokenEveryGuardedEndpointAnswers401_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::newRow("none") << QByteArray();
        QTest::newRow("nonsense") << QByteArray("letmein");
        QByteArray forged = m_owner.token;
        forged[forged.size() / 2] = forged.at(forged.size() / 2) == 'A' ? 'B' : 'A';
        QTest::newRow("forged") << forged;
        QTest::newRow("cut") << m_owner.token.chopped(4);
        QTest::newRow("signed out") << signedOut();
    }

    void withoutAGoodTokenEveryGuardedEndpointAnswers401()
    {
        QFETCH(QByteArray, token);

        BlockingClient client(m_installation->server().url());
        client.signIn(token);
        for (const Operation &each : m_guarded) {
            const auto answer = client.send(each.method, each.path, "{}");
            QVERIFY2(
                answer.status == 401,
                qPrintable(u"%1 %2: %3"_s.arg(QString::fromLatin1(each.method), each.path).arg(answer.status))
            );
        }
    }

    // A stranger is told that there is no such ticket, or that this is not for customers at all: nothing that
    // an invented id would not get as well.
    void aStrangersAnswerIsThatOfAnInventedId_data()
    {
        QTest::addColumn<bool>("isExpert");
        QTest::newRow("another customer") << false;
        QTest::newRow("an expert who was never asked") << true;
    }

    void aStrangersAnswerIsThatOfAnInventedId()
    {
        QFETCH(bool, isExpert);

        BlockingClient client = m_installation->client(isExpert ? m_otherExpert : m_stranger);
        int asked = 0;
        for (const Operation &each : m_ofTickets) {
            const auto theirs = ask(client, each, m_ticket.id);
            const auto invented = ask(client, each, api::TicketId::make());
            const QByteArray where = each.method + ' ' + each.path.toLatin1() + ": " + theirs.body;
            QVERIFY2(theirs.status == 404 || theirs.status == 403, where.constData());
            QVERIFY2(theirs.status == invented.status, where.constData());
            QVERIFY2(theirs.json()[u"detail"_s] == invented.json()[u"detail"_s], where.constData());
            QVERIFY2(!theirs.body.contains("Only mine"), where.constData());
            asked += theirs.status == 404 ? 1 : 0;
        }
        QVERIFY(asked >= 3);

        // And none of it is in their list
        const auto list = client.call<api::ticket::List>();
        QVERIFY(list);
        QCOMPARE(list->items.size(), 0);

        // And nothing has changed
        const auto after
            = m_installation->client(m_installation->manager()).call<api::ticket::Fetch>({ m_ticket.id });
        QVERIFY(after);
        QCOMPARE(after->version, m_ticket.version);
    }

    // Plans and what they cost are an administrator's.
    void onlyAdministratorsSeeAndChangeTheTermsOfPlans()
    {
        const QString plan = u"/api/v1/plans/"_s + api::PlanId::make().toString();
        const QList<Operation> operations { { "GET", u"/api/v1/plan-histories"_s },
                                            { "POST", u"/api/v1/products"_s },
                                            { "PATCH",
                                              u"/api/v1/products/"_s + api::ProductId::make().toString() },
                                            { "POST", u"/api/v1/plans"_s },
                                            { "PATCH", plan },
                                            { "DELETE", plan },
                                            { "POST", u"/api/v1/plan-previews"_s },
                                            { "GET", u"/api/v1/message-templates"_s },
                                            { "POST", u"/api/v1/message-templates"_s },
                                            { "POST", u"/api/v1/message-template-previews"_s },
                                            { "GET", u"/api/v1/survey-templates"_s },
                                            { "POST", u"/api/v1/survey-templates"_s },
                                            { "GET", u"/api/v1/product-categories"_s },
                                            { "GET", u"/api/v1/tax-rates"_s } };
        const QList<const Installation::Person *> others { &m_owner,
                                                           &m_otherExpert,
                                                           &m_installation->manager() };
        for (const Installation::Person *who : others) {
            BlockingClient client = m_installation->client(*who);
            for (const Operation &each : operations) {
                const auto answer = client.send(
                    each.method, each.path, each.method == "GET" ? QByteArray() : QByteArray("{}")
                );
                QVERIFY2(
                    answer.status == 403,
                    qPrintable(u"%1 for %2: %3"_s.arg(each.path, who->name).arg(answer.status))
                );
            }
        }
    }

private:
    BlockingClient::Answer ask(BlockingClient &client, const Operation &each, api::TicketId id)
    {
        // What every action can read, so that it is the ticket that is asked about; pauses have reasons of
        // their own.
        const QByteArray anyBody = each.path.endsWith("/pause"_L1)
            ? QByteArray(R"({"reason":"access"})")
            : QByteArray(R"({"reason":"x","text":"x","outcome":"fixed","note":"x"})");
        QString path = each.path;
        return client.send(
            each.method, path.replace(u"{id}"_s, id.toString()), each.method == "GET" ? QByteArray() : anyBody
        );
    }

    // From the server's own description, so that an endpoint that is added tomorrow is tried too.
    void readOperations()
    {
        BlockingClient client(m_installation->server().url());
        const QJsonObject paths = client.send("GET", u"/api/v1/openapi.json"_s).json()[u"paths"_s].toObject();
        for (const QString &path : paths.keys()) {
            const QJsonObject methods = paths[path].toObject();
            for (const QString &method : methods.keys()) {
                const bool isGuarded = !methods[method][u"security"_s].toArray().isEmpty();
                if (!isGuarded)
                    continue;
                const Operation operation { method.toUpper().toLatin1(), path };
                QString concrete = operation.path;
                concrete.replace(u"{id}"_s, m_ticket.id.toString());
                m_guarded.append({ operation.method, concrete });
                if (path.startsWith(u"/api/v1/tickets/{id}"_s))
                    m_ofTickets.append(operation);
            }
        }
        QVERIFY(m_guarded.size() > 20);
        QVERIFY(m_ofTickets.size() > 10);
    }

    QByteArray signedOut()
    {
        const Installation::Person somebody = m_installation->customer();
        if (!m_installation->client(somebody).call<api::auth::Logout>())
            qFatal("Nobody can sign out.");
        return somebody.token;
    }

    std::unique_ptr<Installation> m_installation;
    Installation::Person m_owner;
    Installation::Person m_stranger;
    Installation::Person m_otherExpert;
    api::Ticket m_ticket;
    QList<Operation> m_guarded;
    QList<Operation> m_ofTickets;
};

QTEST_GUILESS_MAIN(TrespassTest)
#include "trespass_test.moc"
