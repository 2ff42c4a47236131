#include "server/services/payment/payment_service.h"

#include "server/services/payment/webhook_signature.h"

#include <future>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr const char *role = card_store::role;
constexpr int vendorThreads = 6;
constexpr int batch = 200;
// Of ids that are made from what a command says.
const QUuid chargeSpace(u"5c9a7a0e-6d0b-4c56-9f0e-0d5f3f6e7a41"_s);

Result<VendorPage>
page(PaymentGateway &gateway, VendorList what, Instant from, Instant until, const QString &after)
{
    const auto listed = std::make_shared<std::promise<Result<VendorPage>>>();
    gateway.list(what, from, until, after, [listed](const Result<VendorPage> &each) {
        listed->set_value(each);
    });
    return listed->get_future().get();
}

} // namespace

PaymentService::PaymentService(Database &database, ChargeEngine::Clocks clocks, const Options &options)
    : m_database(database)
    , m_clocks(clocks)
    , m_options(options)
    , m_vault(database, clocks.clock, options.masterKeys)
    , m_gateway(options.vendor ? std::make_unique<StripeGateway>(*options.vendor) : nullptr)
    , m_cards(database, m_vault, m_gateway.get(), clocks.clock)
    , m_threads(vendorThreads, 200)
{
    if (m_gateway)
        m_engine = std::make_unique<ChargeEngine>(database, m_cards, *m_gateway, clocks, options.engine);
    m_health.hasVendor = m_gateway != nullptr;
}

PaymentService::~PaymentService()
{
    stop();
}

void PaymentService::load()
{
    const Result<void> loaded = m_vault.load();
    if (!loaded)
        qWarning("%s", qPrintable(loaded.error().detail));
    const std::lock_guard lock(m_mutex);
    m_health.keyTrouble = loaded ? QString() : loaded.error().detail;
}

void PaymentService::start()
{
    if (m_engine)
        m_engine->start();
}

void PaymentService::stop()
{
    if (!m_engine)
        return;
    m_engine->stop();
    m_gateway->close(); // whoever waits for it goes on
}

api::ChargeId PaymentService::chargeId(api::InvoiceId invoice, int attempt)
{
    const QByteArray name = invoice.uuid().toRfc4122() + ' ' + QByteArray::number(attempt);
    return api::ChargeId(QUuid::createUuidV5(chargeSpace, name));
}

std::shared_ptr<const Consumer> PaymentService::consumer()
{
    auto consumer = std::make_shared<Consumer>(u"payment"_s, role);
    consumer->on<ChargeInvoice>([this](Session &session, const Event &event, const ChargeInvoice &command) {
        return take(session, event, command);
    });
    consumer->on<RefundCharge>([this](Session &session, const Event &event, const RefundCharge &command) {
        return take(session, event, command);
    });
    return consumer;
}

Result<void> PaymentService::take(Session &session, const Event &event, const ChargeInvoice &command)
{
    TransferRow row;
    row.id = chargeId(command.invoiceId, command.attempt).uuid();
    row.kind = TransferKind::charge;
    row.invoiceId = command.invoiceId;
    row.attempt = command.attempt;
    row.customerId = command.customerId;
    row.amount = command.amount;
    row.note = command.description.left(500);
    row.traceId = event.traceId;
    return begin(session, row);
}

Result<void> PaymentService::take(Session &session, const Event &event, const RefundCharge &command)
{
    TransferRow row;
    row.id = command.refundId.uuid();
    row.kind = TransferKind::refund;
    row.invoiceId = command.invoiceId;
    row.customerId = api::AccountId(QUuid::fromString(event.key));
    row.amount = command.amount;
    row.note = command.reason.left(500);
    row.traceId = event.traceId;
    return begin(session, row);
}

Result<void> PaymentService::begin(Session &session, const TransferRow &transfer)
{
    if (transfer.amount.minor <= 0 || transfer.amount.currency.isEmpty()) {
        TransferRow refused = transfer;
        refused.state = TransferState::declined;
        refused.code = u"invalid_amount"_s;
        refused.reason = u"There is nothing to pay."_s;
        return ChargeEngine::publish(session, refused, m_clocks.clock.now());
    }
    TransferRow row = transfer;
    row.createdAt = m_clocks.real.now();
    if (TRY(transfer_store::insert(session, row, row.createdAt)))
        session.afterCommit([this] {
            if (m_engine)
                m_engine->wake();
        });
    return {};
}

Result<QList<VendorEntry>> PaymentService::vendorList(VendorList what, Instant from, Instant until)
{
    if (!m_gateway)
        return fail(Problem::unavailable(u"There is no payment vendor."_s));
    QList<VendorEntry> entries;
    QString after;
    do {
        const VendorPage next = TRY(page(*m_gateway, what, from, until, after));
        entries += next.entries;
        after = next.next;
    } while (!after.isEmpty());
    return entries;
}

Result<void> PaymentService::takeWebhook(const QByteArray &signature, const QByteArray &body)
{
    const Instant now = m_clocks.real.now();
    TRY(webhook_signature::verify(signature, body, m_options.webhookSecret, now));
    const QJsonObject event = QJsonDocument::fromJson(body).object();
    const QString id = event.value("id"_L1).toString();
    if (id.isEmpty() || id.size() > 255)
        return fail({ ProblemKind::malformed, u"This is no event of the vendor's."_s, {}, {}, {} });
    const QJsonObject object = event.value("data"_L1).toObject().value("object"_L1).toObject();
    const QJsonObject metadata = object.value("metadata"_L1).toObject();
    const QString name = metadata.value("charge_id"_L1).toString(metadata.value("refund_id"_L1).toString());
    return m_database.transact(role, [&](Session &session) -> Result<void> {
        const QUuid transfer = QUuid::fromString(name);
        if (!TRY(transfer_store::takeWebhook(session, id, now)) || transfer.isNull())
            return {};
        if (TRY(transfer_store::hasten(session, transfer, now)))
            session.afterCommit([this] {
                if (m_engine)
                    m_engine->wake();
            });
        return {};
    });
}

Result<void> PaymentService::keepHouse()
{
    const TransferCounts counts
        = TRY(m_database.transact(role, [&](Session &session) -> Result<TransferCounts> {
              TRY(transfer_store::forgetWebhooks(session, m_clocks.real.now() - 24h));
              return transfer_store::counts(session, m_options.engine.triesUntilStuck);
          }));
    {
        const std::lock_guard lock(m_mutex);
        m_health.transfers = counts;
    }
    if (!m_isKeeping.exchange(true)) {
        const bool isPosted = m_threads.post([this] {
            keepCards();
            m_isKeeping = false;
        });
        if (!isPosted)
            m_isKeeping = false;
    }
    return {};
}

void PaymentService::keepCards()
{
    if (!m_options.masterKeys.file && !m_options.masterKeys.command)
        return;
    load();
    for (Result<int> done = batch; done && *done == batch;) {
        done = m_vault.rewrap(batch);
        if (!done)
            qWarning("cards cannot be wrapped anew: %s", qPrintable(done.error().detail));
    }
    static_cast<void>(m_cards.keepRemaining(batch));
}

PaymentService::Health PaymentService::lastHealth() const
{
    const std::lock_guard lock(m_mutex);
    return m_health;
}
