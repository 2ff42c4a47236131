#include "tests/server/payment/payment_probe.h"

#include "server/db/connection.h"
#include "server/events/outbox.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

PaymentNode::PaymentNode(
    TestDatabase &test, const PaymentService::Options &options, const Clock &clock, const Clock &real
)
    : m_payments(test.database(), { real, clock }, options)
    , m_bus(test.database(), { .url = test.url() })
{
    m_payments.load();
    m_bus.subscribe(m_payments.consumer());
    m_bus.start();
    m_payments.start();
}

PaymentNode::~PaymentNode()
{
    m_payments.stop();
    m_bus.stop();
}

PaymentProbe::PaymentProbe()
{
    if (const auto made = MasterKeys::createFile(keyFile()); !made)
        qFatal("%s", why(made));
}

PaymentService::Options PaymentProbe::options() const
{
    PaymentService::Options options;
    options.masterKeys.file = keyFile();
    options.vendor = StripeGateway::Options {
        .url = m_vendor.url(), .secretKey = Secret(m_vendor.key()), .concurrency = 8, .timeout = 400ms
    };
    options.webhookSecret = Secret(m_vendor.webhookKey());
    options.engine = { .firstPause = 20ms,
                       .lastPause = 200ms,
                       .triesUntilStuck = 6,
                       .stuckPause = 200ms,
                       .pendingPause = 50ms,
                       .lease = 3s,
                       .safetyLook = 500ms };
    return options;
}

PaymentNode &PaymentProbe::start()
{
    m_node = std::make_unique<PaymentNode>(m_test, options(), m_clock, m_real);
    return *m_node;
}

Caller PaymentProbe::somebody()
{
    Caller caller;
    caller.account = api::AccountId::make();
    caller.requestId = u"request-1"_s;
    return caller;
}

api::NewCard PaymentProbe::card(const QString &number)
{
    const auto parsed = CardNumber::parse(number);
    if (!parsed)
        qFatal("%s", qPrintable(parsed.error()));
    return { *parsed, { 12 }, { 2040 } };
}

Caller PaymentProbe::customerWith(const QString &number)
{
    const Caller who = somebody();
    if (const auto added = cards().add(who, card(number)); !added)
        qFatal("%s", why(added));
    return who;
}

Result<QList<api::Card>> PaymentProbe::cardsOf(const Caller &who)
{
    return database().transact(role, [&](Session &session) -> Result<QList<api::Card>> {
        return TRY(cards().list(session, who)).items;
    });
}

Result<void> PaymentProbe::remove(const Caller &who, api::CardId card)
{
    return database().transact(role, [&](Session &session) { return cards().remove(session, who, card); });
}

ChargeInvoice PaymentProbe::charge(const Caller &who, qint64 minor)
{
    return { api::InvoiceId::make(), 1, who.account, { minor, u"USD"_s }, u"Premium plan, November"_s };
}

void PaymentProbe::publish(const QString &type, const QString &key, const QJsonObject &payload)
{
    const auto published = database().transact(role, [&](Session &session) {
        return Outbox::publish(session, type, key, payload, u"trace-1"_s);
    });
    if (!published)
        qFatal("%s", why(published));
}

const Statement outcomesSql { "payment.outcomes", R"sql(
    select type, key, payload from bus.event
    where type in ('payment.charged', 'payment.declined', 'payment.refunded', 'payment.refund_refused') order by seq
)sql" };

QList<Outcome> PaymentProbe::outcomes()
{
    const auto connection = Connection::open(m_test.superuserUrl());
    if (!connection)
        qFatal("no connection");
    (*connection)->begin("postgres");
    auto rows = (*connection)->run(outcomesSql, {});
    QList<Outcome> outcomes;
    while (rows && rows->next())
        outcomes.append(*readRow<Outcome>(*rows));
    return outcomes;
}

QStringList PaymentProbe::outcomeTypes()
{
    QStringList types;
    for (const Outcome &each : outcomes())
        types += each.type;
    return types;
}

QString PaymentProbe::text(const QByteArray &sql)
{
    const auto connection = Connection::open(m_test.superuserUrl());
    auto rows = connection ? (*connection)->script(sql) : fail(Problem::internal(u"no connection"_s));
    if (!rows || !rows->next())
        qFatal("%s", sql.constData());
    return QString::fromUtf8(rows->text(0));
}

qint64 PaymentProbe::number(const QByteArray &sql)
{
    return text(sql).toLongLong();
}

QString PaymentProbe::refusalTo(const QByteArray &service, const QByteArray &sql)
{
    const auto connection = Connection::open(m_test.url());
    if (!connection || !(*connection)->script("set role " + service))
        return u"cannot become "_s + QString::fromLatin1(service);
    return (*connection)->script(sql) ? QString() : (*connection)->error()->message;
}
