#include "server/services/billing/billing_service.h"

#include "server/events/outbox.h"
#include "server/services/billing/billing_rules.h"
#include "server/services/billing/billing_words.h"
#include "server/services/billing/ledger.h"
#include "server/services/catalog/catalog_events.h"

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcBilling, "squad.billing")

namespace {

const QString dunningMark = u"dunning/"_s; // of a timer's key, before the invoice

Result<void>
set(Session &session, api::AccountId customer, const QString &key, Instant at, const QString &traceId)
{
    const SetTimer timer { QLatin1String(BillingService::timerOwner), key, at, {}, {} };
    return Outbox::publish(session, customer.toString(), timer, traceId);
}

Result<void> cancel(Session &session, api::AccountId customer, const QString &key, const QString &traceId)
{
    const CancelTimer timer { QLatin1String(BillingService::timerOwner), key };
    return Outbox::publish(session, customer.toString(), timer, traceId);
}

QString dunningKey(api::InvoiceId id)
{
    return dunningMark + id.toString();
}

} // namespace

BillingService::BillingService(const Clock &clock, PlaceOf placeOf)
    : m_clock(clock)
    , m_placeOf(std::move(placeOf))
{
}

std::shared_ptr<const Consumer> BillingService::consumer()
{
    auto consumer = std::make_shared<Consumer>(u"billing"_s, billing_store::role);
    consumer->on<SubscriptionActivated>(
        [this](Session &session, const Event &event, const SubscriptionActivated &plan) {
            return begin(session, plan, event.traceId);
        }
    );
    consumer->on<SubscriptionCancelled>(
        [this](Session &session, const Event &event, const SubscriptionCancelled &plan) {
            return end(session, plan, event.traceId);
        }
    );
    consumer->onType(u"timer.fired.billing"_s, [this](Session &session, const Event &event) -> Result<void> {
        return wake(session, TRY(json::fromJson<TimerFired>(event.payload)), event.traceId);
    });
    consumer->on<InvoiceCharged>([this](Session &session, const Event &event, const InvoiceCharged &paid) {
        return take(session, paid, event.traceId);
    });
    consumer->on<ChargeDeclined>([this](
                                     Session &session, const Event &event, const ChargeDeclined &declined
                                 ) { return take(session, declined, event.traceId); });
    consumer->on<ChargeRefunded>([this](Session &session, const Event &, const ChargeRefunded &done) {
        return take(session, done);
    });
    consumer->on<RefundRefused>([this](Session &session, const Event &, const RefundRefused &refused) {
        return take(session, refused);
    });
    consumer->on<CardChanged>([this](Session &session, const Event &event, const CardChanged &card) {
        return take(session, card, event.traceId);
    });
    return consumer;
}

// Bills ----------------------------------------------------------------------

Result<void>
BillingService::begin(Session &session, const SubscriptionActivated &plan, const QString &traceId) const
{
    if (!plan.terms) {
        qCWarning(lcBilling).noquote() << "the plan" << plan.subscriptionId.toString()
                                       << "was bought before there were bills: it is not billed";
        return {};
    }
    const Place place = TRY(m_placeOf(plan.customerId));
    const BilledSubscriptionRow row {
        .id = plan.subscriptionId,
        .customerId = plan.customerId,
        .planName = plan.terms->planName,
        .price = plan.terms->price,
        .taxBasisPoints = TRY(billing_store::taxRate(session, place.usState)),
        .billingDates = billing_rules::billingDates(plan.terms->startedAt, plan.terms->period, place.zone),
        .billedUntil = plan.terms->startedAt,
        .endedAt = {},
    };
    if (!TRY(billing_store::insert(session, row)))
        return {}; // told twice
    return bill(session, row, traceId);
}

Result<void> BillingService::bill(Session &session, BilledSubscriptionRow plan, const QString &traceId) const
{
    const Instant until = nextOccurrence(plan.billingDates, plan.billedUntil);
    std::optional<InvoiceRow> invoice = TRY(billing_store::issue(
        session,
        {
            .id = invoiceId(plan.id, plan.billedUntil),
            .number = 0,
            .subscriptionId = plan.id,
            .customerId = plan.customerId,
            .text = billing_rules::periodText(plan.planName, plan.billedUntil, until, plan.billingDates.zone),
            .fromAt = plan.billedUntil,
            .untilAt = until,
            .netMinor = plan.price.minor,
            .taxMinor = billing_rules::taxOn(plan.price.minor, plan.taxBasisPoints),
            .currency = plan.price.currency,
            .issuedAt = m_clock.now(),
            .paidAt = {},
            .cardLast4 = {},
            .trouble = {},
        }
    ));
    TRY(billing_store::setBilledUntil(session, plan.id, until));
    TRY(set(session, plan.customerId, plan.id.toString(), until, traceId));
    if (!invoice)
        return {};
    TRY(ledger::issued(session, *invoice));
    TRY(Outbox::publish(session, plan.customerId.toString(), InvoiceIssued { toInvoice(*invoice) }, traceId));
    if (invoice->total().minor > 0)
        return collect(session, *invoice, traceId);
    invoice->state = api::InvoiceState::paid; // nothing to pay
    invoice->paidAt = invoice->issuedAt;
    return billing_store::update(session, *invoice);
}

Result<void>
BillingService::end(Session &session, const SubscriptionCancelled &plan, const QString &traceId) const
{
    if (TRY(billing_store::end(session, plan.subscriptionId, m_clock.now())))
        TRY(cancel(session, plan.customerId, plan.subscriptionId.toString(), traceId));
    return {};
}

Result<void> BillingService::wake(Session &session, const TimerFired &fired, const QString &traceId) const
{
    if (fired.key.startsWith(dunningMark)) {
        const auto id = api::InvoiceId::parse(fired.key.mid(dunningMark.size()));
        return id ? remind(session, *id, fired.dueAt, traceId) : Result<void>();
    }
    const auto id = api::SubscriptionId::parse(fired.key);
    if (!id)
        return {};
    const std::optional<BilledSubscriptionRow> plan = TRY(billing_store::lock(session, *id));
    // A firing that was overtaken, or told twice.
    if (!plan || plan->endedAt || plan->billedUntil != fired.dueAt)
        return {};
    return bill(session, *plan, traceId);
}

// Collecting -----------------------------------------------------------------

Result<void> BillingService::collect(Session &session, InvoiceRow &invoice, const QString &traceId) const
{
    ++invoice.attempt;
    invoice.isAsking = true;
    invoice.needsCard = false;
    invoice.hasNewCard = false;
    TRY(billing_store::update(session, invoice));
    const ChargeInvoice command { invoice.id,
                                  invoice.attempt,
                                  invoice.customerId,
                                  invoice.total(),
                                  spokenNumber(invoice) + ", "_L1 + invoice.text };
    return Outbox::publish(session, invoice.customerId.toString(), command, traceId);
}

Result<void> BillingService::take(Session &session, const InvoiceCharged &paid, const QString &traceId) const
{
    std::optional<InvoiceRow> invoice = TRY(billing_store::lock(session, paid.invoiceId));
    if (!invoice || invoice->state == api::InvoiceState::paid)
        return {};
    TRY(ledger::paid(session, *invoice, paid.amount, paid.chargedAt));
    invoice->state = api::InvoiceState::paid;
    invoice->isAsking = false;
    invoice->paidAt = paid.chargedAt;
    invoice->cardLast4 = paid.cardLast4;
    invoice->trouble.reset();
    TRY(billing_store::update(session, *invoice));
    const QString key = invoice->customerId.toString();
    TRY(Outbox::publish(session, key, InvoicePaid { toInvoice(*invoice) }, traceId));
    if (!TRY(billing_store::endDunning(session, invoice->id)))
        return {};
    TRY(cancel(session, invoice->customerId, dunningKey(invoice->id), traceId));
    const auto plan = TRY(billing_store::lock(session, invoice->subscriptionId));
    if (!plan || plan->endedAt)
        return {}; // paid after all, but there is nothing left that could be good again
    const StandingChanged event { toInvoice(*invoice), Standing::good, mayDo(Standing::good), {}, {} };
    return Outbox::publish(session, key, event, traceId);
}

Result<void>
BillingService::take(Session &session, const ChargeDeclined &declined, const QString &traceId) const
{
    std::optional<InvoiceRow> invoice = TRY(billing_store::lock(session, declined.invoiceId));
    if (!invoice || invoice->state != api::InvoiceState::open || declined.attempt != invoice->attempt
        || !invoice->isAsking)
        return {};
    invoice->isAsking = false;
    invoice->needsCard = declined.hard;
    invoice->trouble = declined.reason;
    TRY(billing_store::update(session, *invoice));
    if (invoice->hasNewCard)
        return collect(session, *invoice, traceId);
    if (TRY(billing_store::dunning(session, invoice->id)))
        return {}; // its next step is on the way
    return step(session, *invoice, { invoice->id, m_clock.now(), 0, {} }, traceId);
}

Result<void> BillingService::take(Session &session, const CardChanged &card, const QString &traceId) const
{
    if (!card.hasCard)
        return {};
    for (InvoiceRow &invoice : TRY(billing_store::lockOpen(session, card.customerId))) {
        if (!invoice.isAsking) {
            TRY(collect(session, invoice, traceId));
            continue;
        }
        // The attempt under way may be with the card of before.
        invoice.hasNewCard = true;
        TRY(billing_store::update(session, invoice));
    }
    return {};
}

// Following up ---------------------------------------------------------------

Result<void>
BillingService::remind(Session &session, api::InvoiceId id, Instant dueAt, const QString &traceId) const
{
    std::optional<InvoiceRow> invoice = TRY(billing_store::lock(session, id));
    const std::optional<DunningRow> dunning = TRY(billing_store::dunning(session, id));
    if (!invoice || !dunning || dunning->nextAt != dueAt || invoice->state != api::InvoiceState::open)
        return {};
    return step(session, *invoice, *dunning, traceId);
}

Result<void>
BillingService::step(Session &session, InvoiceRow &invoice, DunningRow dunning, const QString &traceId) const
{
    const QList<DunningStepRow> steps = TRY(billing_store::dunningSteps(session));
    const auto now
        = std::ranges::find_if(steps, [&](const DunningStepRow &each) { return each.place > dunning.place; });
    if (now == steps.end())
        return {};
    const auto next = std::next(now);
    StandingChanged event { toInvoice(invoice), now->standing, mayDo(now->standing), {}, {} };
    dunning.place = now->place;
    dunning.nextAt.reset();
    if (next != steps.end()) {
        dunning.nextAt = dunning.since + std::chrono::days(next->afterDays);
        event.next = next->standing;
        event.nextAt = dunning.nextAt;
        TRY(set(session, invoice.customerId, dunningKey(invoice.id), *dunning.nextAt, traceId));
    }
    TRY(billing_store::put(session, dunning));
    TRY(Outbox::publish(session, invoice.customerId.toString(), event, traceId));
    if (now->standing == Standing::cancelled)
        return writeOff(session, invoice, traceId);
    // A card that was refused for good is not asked again; another one is, the moment it is there.
    if (now->retries && !invoice.needsCard && !invoice.isAsking)
        return collect(session, invoice, traceId);
    return {};
}

Result<void> BillingService::writeOff(Session &session, InvoiceRow &invoice, const QString &traceId) const
{
    const Instant now = m_clock.now();
    TRY(ledger::writtenOff(session, invoice, now));
    invoice.state = api::InvoiceState::uncollectible;
    TRY(billing_store::update(session, invoice));
    TRY(billing_store::endDunning(session, invoice.id));
    const EndSubscription command { invoice.subscriptionId, spokenNumber(invoice) + " was not paid."_L1 };
    return Outbox::publish(session, invoice.customerId.toString(), command, traceId);
}

// Giving back ----------------------------------------------------------------

Result<void> BillingService::take(Session &session, const ChargeRefunded &done) const
{
    std::optional<RefundRow> refund = TRY(billing_store::lock(session, done.refundId));
    if (!refund || refund->state != api::RefundState::asked)
        return {};
    const std::optional<InvoiceRow> invoice = TRY(billing_store::find(session, refund->invoiceId));
    refund->state = api::RefundState::done;
    TRY(billing_store::update(session, *refund));
    return ledger::refunded(session, *invoice, *refund, done.refundedAt);
}

Result<void> BillingService::take(Session &session, const RefundRefused &refused) const
{
    const std::optional<RefundRow> found = TRY(billing_store::lock(session, refused.refundId));
    if (!found || found->state != api::RefundState::asked)
        return {};
    RefundRow refund = *found;
    refund.state = api::RefundState::refused;
    refund.trouble = refused.reason;
    TRY(billing_store::update(session, refund));
    std::optional<InvoiceRow> invoice = TRY(billing_store::lock(session, refund.invoiceId));
    invoice->refundedMinor -= refund.amountMinor; // it may be asked for again
    return billing_store::update(session, *invoice);
}

Result<api::Refund> BillingService::giveBack(
    Session &session, const Caller &by, api::InvoiceId id, const api::NewRefund &wanted
) const
{
    std::optional<InvoiceRow> invoice = TRY(billing_store::lock(session, id));
    if (!invoice)
        return fail(noSuchInvoice());
    const qint64 amount = wanted.amountMinor.value;
    const qint64 after = invoice->refundedMinor + amount;
    if (invoice->state != api::InvoiceState::paid)
        return fail(Problem::conflict(u"invoice.unpaid"_s, u"Only what was paid can be given back."_s));
    if (after > invoice->total().minor)
        return fail(Problem::invalid(u"/amountMinor"_s, u"is more than is left of what was paid"_s));
    if (by.role != api::Role::admin && after > mostByManager)
        return fail(
            Problem::forbidden(u"To give back more than 200.00 of an invoice takes an administrator."_s)
        );
    const RefundRow refund {
        .id = api::RefundId::make(),
        .invoiceId = id,
        .amountMinor = amount,
        .reason = wanted.reason.toString(),
        .askedBy = by.account,
        .askedAt = m_clock.now(),
        .trouble = {},
    };
    TRY(billing_store::insert(session, refund));
    invoice->refundedMinor = after;
    TRY(billing_store::update(session, *invoice));
    const RefundCharge command { refund.id, id, { amount, invoice->currency }, refund.reason };
    TRY(Outbox::publish(session, invoice->customerId.toString(), command, by.requestId));
    return toRefund(refund, invoice->currency);
}

// Answering ------------------------------------------------------------------

Result<InvoiceRow> BillingService::seen(Session &session, const Caller &by, api::InvoiceId id) const
{
    const std::optional<InvoiceRow> invoice = TRY(billing_store::find(session, id));
    // Somebody else's is not there, as far as a customer can tell.
    if (!invoice || (!by.isStaff() && invoice->customerId != by.account))
        return fail(noSuchInvoice());
    return *invoice;
}

Result<api::Invoice> BillingService::invoice(Session &session, const Caller &by, api::InvoiceId id) const
{
    return toInvoice(TRY(seen(session, by, id)));
}

Result<api::Items<api::Refund>>
BillingService::refunds(Session &session, const Caller &by, api::InvoiceId id) const
{
    const InvoiceRow invoice = TRY(seen(session, by, id));
    api::Items<api::Refund> list;
    for (const RefundRow &row : TRY(billing_store::refunds(session, id)))
        list.items.append(toRefund(row, invoice.currency));
    return list;
}

Result<api::Page<api::Invoice>>
BillingService::invoices(Session &session, const Caller &by, const api::InvoiceQuery &query) const
{
    if (by.isStaff() && !query.customerId)
        return fail(Problem::invalid(u"/customerId"_s, u"must say whose invoices"_s));
    const api::AccountId customer = by.isStaff() ? *query.customerId : by.account;
    if (query.customerId && *query.customerId != customer)
        return fail(Problem::forbidden(u"These are not your invoices."_s));
    const int limit = query.limit ? query.limit->value : 50;
    std::optional<qint64> before;
    if (query.cursor)
        before = TRY(fromInvoiceCursor(*query.cursor));
    QList<InvoiceRow> rows = TRY(billing_store::page(session, customer, before, limit + 1));
    api::Page<api::Invoice> page;
    if (rows.size() > limit) {
        rows.resize(limit);
        page.nextCursor = toInvoiceCursor(rows.last().number);
    }
    for (const InvoiceRow &row : std::as_const(rows))
        page.items.append(toInvoice(row));
    return page;
}
