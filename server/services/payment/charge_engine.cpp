#include "server/services/payment/charge_engine.h"

#include "server/events/outbox.h"
#include "server/services/payment/payment_events.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcPayment, "squad.payment")

namespace {

constexpr const char *role = card_store::role;
constexpr int carriers = 4;
constexpr int searchEvery = 4; // tries: in between the question is asked again under its key
constexpr auto troublePause = 1000ms;
constexpr auto blockedPause = 50ms;
// Of our clock and the vendor's, when its list is searched.
constexpr auto clockDifference = std::chrono::minutes(10);

Settlement declined(const QUuid &id, const QString &code, const QString &reason)
{
    return { id, TransferState::declined, {}, code, reason, true };
}

} // namespace

ChargeEngine::ChargeEngine(
    Database &database, CardService &cards, PaymentGateway &gateway, Clocks clocks, const Options &options
)
    : m_database(database)
    , m_cards(cards)
    , m_gateway(gateway)
    , m_clocks(clocks)
    , m_options(options)
    , m_carriers(std::make_unique<WorkerThreads>(carriers, 100'000))
{
}

ChargeEngine::~ChargeEngine()
{
    stop();
}

void ChargeEngine::start()
{
    m_stopping = false;
    m_thread = std::thread([this] { run(); });
}

void ChargeEngine::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void ChargeEngine::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_one();
}

void ChargeEngine::run()
{
    while (!m_stopping) {
        if (turn()) {
            rest();
        } else {
            std::unique_lock lock(m_mutex);
            m_changed.wait_for(lock, troublePause, [this] { return m_stopping.load(); });
        }
    }
    // What was answered by now need not be asked again.
    turn();
}

bool ChargeEngine::turn()
{
    QList<Answer> answers;
    int room = 0;
    {
        const std::lock_guard lock(m_mutex);
        answers = std::exchange(m_answers, {});
        m_woken = false;
        const int ahead = 2 * m_gateway.concurrency();
        room = m_stopping ? 0 : ahead - m_underWay + static_cast<int>(answers.size());
    }
    if (m_stopping && answers.isEmpty())
        return true;
    const Result<Taken> taken
        = m_database.transact(role, [&](Session &session) { return exchange(session, answers, room); });
    if (!taken) {
        const std::lock_guard lock(m_mutex);
        m_answers = answers + m_answers;
        return false;
    }
    const auto started = static_cast<int>(taken->ready.size() + taken->cardless.size());
    {
        const std::lock_guard lock(m_mutex);
        m_underWay += started - static_cast<int>(answers.size());
    }
    m_isFull = started == room;
    for (const TransferRow &transfer : taken->ready)
        ask(transfer);
    for (const TransferRow &transfer : taken->cardless)
        bringCard(transfer);
    return true;
}

Result<ChargeEngine::Taken> ChargeEngine::exchange(Session &session, const QList<Answer> &answers, int room)
{
    TRY(settle(session, answers));
    if (room <= 0)
        return Taken {};
    const Taken taken = TRY(take(session, room));
    // Only who has taken all that is due has to know what comes next.
    if (taken.ready.size() + taken.cardless.size() < room)
        m_nextDue = TRY(transfer_store::nextDue(session));
    return taken;
}

Result<ChargeEngine::Taken> ChargeEngine::take(Session &session, int room)
{
    const Instant now = m_clocks.real.now();
    Taken taken;
    QList<TransferRow> pending;
    for (const TransferRow &row : TRY(transfer_store::claim(session, now, now + m_options.lease, room)))
        (row.state == TransferState::pending ? pending : taken.ready).append(row);
    if (pending.isEmpty())
        return taken;
    const QList<TransferRow> prepared = TRY(transfer_store::prepare(session, pending, now));
    taken.ready += prepared;
    QList<Settlement> hopeless;
    for (const TransferRow &row : pending) {
        if (std::ranges::find(prepared, row.id, &TransferRow::id) != prepared.end())
            continue;
        const bool isCharged = TRY(transfer_store::isCharged(session, row.invoiceId));
        if (row.kind == TransferKind::refund)
            hopeless.append(
                isCharged
                    ? declined(row.id, u"exceeds_charge"_s, u"More would be given back than was paid."_s)
                    : declined(row.id, u"not_charged"_s, u"This invoice has not been paid."_s)
            );
        else if (isCharged)
            hopeless.append(declined(row.id, u"already_charged"_s, u"This invoice is paid."_s));
        else if (TRY(transfer_store::defaultCard(session, row.customerId)))
            taken.cardless.append(row);
        else
            hopeless.append(declined(row.id, u"no_card"_s, u"There is no card to pay with."_s));
    }
    TRY(settle(session, hopeless));
    return taken;
}

Result<void> ChargeEngine::settle(Session &session, const QList<Answer> &answers)
{
    QList<Settlement> settlements;
    QList<Postponement> postponements;
    for (const Answer &answer : answers) {
        if (const std::optional<Settlement> settlement = settlementOf(answer))
            settlements.append(*settlement);
        else
            postponements.append(postponementOf(answer));
    }
    TRY(transfer_store::postpone(session, postponements, m_clocks.real.now()));
    return settle(session, settlements);
}

Result<void> ChargeEngine::settle(Session &session, const QList<Settlement> &settlements) const
{
    const Instant now = m_clocks.clock.now();
    for (const TransferRow &row : TRY(transfer_store::settle(session, settlements, now)))
        TRY(publish(session, row, now));
    return {};
}

Result<void> ChargeEngine::publish(Session &session, const TransferRow &row, Instant at)
{
    const QString key = row.customerId.toString();
    const QString ref = row.vendorRef.value_or(QString());
    const QString code = row.code.value_or(QString());
    const QString reason = row.reason.value_or(QString());
    const bool isDone = row.state == TransferState::done;
    if (row.kind == TransferKind::refund) {
        const api::RefundId refund(row.id);
        if (isDone)
            return Outbox::publish(
                session, key, ChargeRefunded { refund, row.invoiceId, row.amount, ref, at }, row.traceId
            );
        return Outbox::publish(
            session, key, RefundRefused { refund, row.invoiceId, code, reason }, row.traceId
        );
    }
    if (isDone) {
        const InvoiceCharged event {
            row.invoiceId, row.attempt, row.customerId, row.amount, row.cardLast4.value_or(QString()), ref, at
        };
        return Outbox::publish(session, key, event, row.traceId);
    }
    const ChargeDeclined event { row.invoiceId,           row.attempt, row.customerId, row.amount,
                                 row.hard.value_or(true), code,        reason,         at };
    return Outbox::publish(session, key, event, row.traceId);
}

std::optional<Settlement> ChargeEngine::settlementOf(const Answer &given) const
{
    const VendorAnswer &answer = given.answer;
    const QUuid &id = given.transfer.id;
    switch (answer.verdict) {
    case VendorVerdict::done:
        return Settlement { id, TransferState::done, answer.ref, {}, {}, false };
    case VendorVerdict::declined:
        return Settlement {
            id, TransferState::declined, answer.ref, answer.code, answer.reason, answer.hard
        };
    case VendorVerdict::absent:
        // The vendor does not know the card or the charge that the first question names. What it did once
        // know and has lost is nothing to conclude from.
        if (given.wasSearch || given.transfer.vendorRef)
            return std::nullopt;
        return declined(id, answer.code.isEmpty() ? u"resource_missing"_s : answer.code, answer.reason);
    case VendorVerdict::pending:
    case VendorVerdict::unknown:
        break;
    }
    return std::nullopt;
}

Postponement ChargeEngine::postponementOf(const Answer &given) const
{
    const VendorAnswer &answer = given.answer;
    const TransferRow &transfer = given.transfer;
    Postponement later { transfer.id, m_clocks.real.now(), answer.ref, answer.trouble, false };
    if (answer.verdict == VendorVerdict::absent && given.wasSearch) {
        later.isUnheardOf = true; // nothing was charged: the question may be asked as if for the first time
        return later;
    }
    if (answer.verdict == VendorVerdict::pending) {
        later.nextAt += m_options.pendingPause;
        return later;
    }
    if (transfer.tries >= m_options.triesUntilStuck) {
        later.nextAt += m_options.stuckPause;
    } else {
        const int doublings = std::clamp(transfer.tries - 1, 0, 20);
        later.nextAt += std::min(m_options.firstPause * (1 << doublings), m_options.lastPause);
    }
    qCWarning(lcPayment).noquote() << enumName(transfer.kind) << transfer.id.toString(QUuid::WithoutBraces)
                                   << "try" << transfer.tries << "is undecided:" << answer.trouble;
    return later;
}

VendorQuestion ChargeEngine::questionFor(const TransferRow &transfer, bool &isSearch) const
{
    const QString ref = transfer.vendorRef.value_or(QString());
    const bool isRefund = transfer.kind == TransferKind::refund;
    if (!ref.isEmpty())
        return isRefund ? VendorQuestion(AskVendorRefund { ref }) : VendorQuestion(AskVendorCharge { ref });
    // A key that the vendor may have forgotten would move the money again.
    const Instant asked = transfer.askedAt.value_or(transfer.createdAt);
    const bool isOld = m_clocks.real.now() - asked > m_options.keyLife;
    isSearch = isOld || (transfer.tries > 1 && transfer.tries % searchEvery == 0);
    const QString chargeRef = transfer.chargeRef.value_or(QString());
    if (isRefund) {
        const api::RefundId id(transfer.id);
        if (isSearch)
            return FindVendorRefund { id, chargeRef };
        return NewVendorRefund { id, chargeRef, transfer.amount, transfer.note };
    }
    const api::ChargeId id(transfer.id);
    const QString customer = transfer.vendorCustomer.value_or(QString());
    if (isSearch)
        return FindVendorCharge { id, customer, transfer.createdAt - clockDifference };
    return NewVendorCharge { id,
                             transfer.invoiceId,
                             transfer.attempt,
                             customer,
                             transfer.vendorMethod.value_or(QString()),
                             transfer.amount,
                             transfer.note };
}

void ChargeEngine::ask(const TransferRow &transfer)
{
    bool isSearch = false;
    VendorQuestion question = questionFor(transfer, isSearch);
    m_gateway.ask(std::move(question), [this, transfer, isSearch](const VendorAnswer &answer) {
        answered({ transfer, isSearch, answer });
    });
}

// The vendor was away when the card was added, or is asked for the first time.
void ChargeEngine::bringCard(const TransferRow &transfer)
{
    const auto bring = [this, transfer] {
        VendorAnswer later { .trouble = u"the vendor does not have the card yet"_s };
        const Purpose purpose { u"payment"_s,
                                u"invoice "_s + transfer.invoiceId.toString(),
                                transfer.traceId };
        const auto card = m_database.transact(role, [&](Session &session) {
            return transfer_store::defaultCard(session, transfer.customerId);
        });
        if (card && *card) {
            const auto kept = m_cards.keepWithVendor(**card, purpose);
            // Ready or refused: the next look finds a token, another card, or none.
            if (kept && kept->state != CardService::Kept::State::later)
                later = { .verdict = VendorVerdict::absent };
        }
        answered({ transfer, true, later });
    };
    if (!m_carriers->post(bring))
        answered({ transfer, true, { .trouble = u"too many cards wait for the vendor"_s } });
}

void ChargeEngine::answered(Answer answer)
{
    {
        const std::lock_guard lock(m_mutex);
        m_answers.append(std::move(answer));
    }
    m_changed.notify_one();
}

void ChargeEngine::rest()
{
    std::unique_lock lock(m_mutex);
    const auto hasWork = [this] { return m_stopping || m_woken || !m_answers.isEmpty(); };
    if (m_isFull) { // there may be more than there was room for: an answer makes some
        m_changed.wait_for(lock, m_options.safetyLook, hasWork);
        return;
    }
    auto span = m_options.safetyLook;
    // What is due and was not taken waits for another attempt, or for another node.
    if (m_nextDue)
        span = std::clamp<std::chrono::milliseconds>(*m_nextDue - m_clocks.real.now(), blockedPause, span);
    m_changed.wait_for(lock, span, hasWork);
}
