#include "server/services/billing/billing_service.h"

#include "server/events/outbox.h"
#include "server/services/billing/billing_papers.h"
#include "server/services/billing/billing_rules.h"
#include "server/services/billing/billing_words.h"
#include "server/services/billing/ledger.h"
#include "server/services/billing/statement.h"
#include "server/services/billing/vendor_audit_store.h"
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

// Each currency is a sum of its own.
void addTo(QList<Money> &sums, const Money &amount)
{
    const auto sum = std::ranges::find(sums, amount.currency, &Money::currency);
    if (sum == sums.end())
        sums.append(amount);
    else
        sum->minor += amount.minor;
}

} // namespace

BillingService::BillingService(const Clock &clock, PayerOf payerOf, QStringList issuer)
    : m_clock(clock)
    , m_payerOf(std::move(payerOf))
    , m_issuer(std::move(issuer))
{
}

std::shared_ptr<const Consumer> BillingService::consumer()
{
    auto consumer = std::make_shared<Consumer>(u"billing"_s, billing_store::role);
    consumer->on<PeriodBegun>([this](Session &session, const Event &event, const PeriodBegun &period) {
        return bill(session, period, event.traceId);
    });
    consumer->on<SubscriptionCancelled>(
        [this](Session &session, const Event &event, const SubscriptionCancelled &plan) {
            return end(session, plan, event.traceId);
        }
    );
    consumer->onType(u"timer.fired.billing"_s, [this](Session &session, const Event &event) -> Result<void> {
        const auto fired = TRY(json::fromJson<TimerFired>(event.payload));
        const auto id = api::InvoiceId::parse(fired.key.mid(dunningMark.size()));
        return fired.key.startsWith(dunningMark) && id ? remind(session, *id, fired.dueAt, event.traceId)
                                                       : Result<void>();
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

Result<void> BillingService::bill(Session &session, const PeriodBegun &period, const QString &traceId) const
{
    TRY(billing_store::know(session, period.subscriptionId, period.customerId));
    TRY(billing_store::lock(session, period.subscriptionId));
    Payer payer = TRY(m_payerOf(period.customerId));
    payer.zone = period.zone; // whose days the text names
    const int rate = TRY(billing_store::taxRate(session, payer.usState, period.at));
    const api::BillPreview bill = billing_rules::bill(period, rate);
    std::optional<InvoiceRow> invoice = TRY(billing_store::issue(
        session,
        {
            .id = invoiceId(period.subscriptionId, period.number),
            .number = 0,
            .subscriptionId = period.subscriptionId,
            .billNumber = period.number,
            .isPurchase = period.isPurchase,
            .customerId = period.customerId,
            .text = bill.lines.first().text,
            .lines = bill.lines,
            .fromAt = bill.from,
            .untilAt = bill.until,
            .netMinor = bill.net.minor,
            .taxMinor = bill.tax.minor,
            .currency = bill.net.currency,
            .issuedAt = m_clock.now(),
            .paidAt = {},
            .cardLast4 = {},
            .trouble = {},
            .billedTo = payer,
            .taxBasisPoints = rate,
        }
    ));
    if (!invoice)
        return {}; // told twice
    TRY(ledger::issued(session, *invoice));
    const QString key = period.customerId.toString();
    TRY(Outbox::publish(session, key, InvoiceIssued { toInvoice(*invoice) }, traceId));
    if (invoice->total().minor > 0)
        return collect(session, *invoice, traceId);
    invoice->state = api::InvoiceState::paid; // nothing to pay
    invoice->paidAt = invoice->issuedAt;
    TRY(billing_store::update(session, *invoice));
    return Outbox::publish(session, key, InvoicePaid { toInvoice(*invoice) }, traceId);
}

Result<void>
BillingService::end(Session &session, const SubscriptionCancelled &plan, const QString &traceId) const
{
    TRY(billing_store::end(session, plan.subscriptionId, m_clock.now()));
    // A purchase that was called off. One whose card is being asked waits for the answer.
    for (InvoiceRow &invoice : TRY(billing_store::lockOpen(session, plan.customerId))) {
        if (invoice.subscriptionId == plan.subscriptionId && invoice.isPurchase && !invoice.isAsking)
            TRY(annul(session, invoice, traceId));
    }
    return {};
}

Result<void> BillingService::annul(Session &session, InvoiceRow &invoice, const QString &traceId) const
{
    TRY(ledger::voided(session, invoice, m_clock.now()));
    invoice.state = api::InvoiceState::voided;
    TRY(billing_store::update(session, invoice));
    if (TRY(billing_store::endDunning(session, invoice.id)))
        TRY(cancel(session, invoice.customerId, dunningKey(invoice.id), traceId));
    return {};
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
    TRY(vendor_audit_store::book(session, BookingKind::charge, paid.vendorRef, invoice->id, paid.amount));
    invoice->state = api::InvoiceState::paid;
    invoice->isAsking = false;
    invoice->paidAt = paid.chargedAt;
    invoice->cardLast4 = paid.cardLast4;
    invoice->trouble.reset();
    TRY(billing_store::update(session, *invoice));
    const QString key = invoice->customerId.toString();
    TRY(Outbox::publish(session, key, InvoicePaid { toInvoice(*invoice) }, traceId));
    const auto plan = TRY(billing_store::lock(session, invoice->subscriptionId));
    const bool isEnded = !plan || plan->endedAt;
    if (isEnded && invoice->isPurchase) {
        const QString reason = u"The plan was cancelled before it began."_s;
        TRY(refund(
            session,
            *invoice,
            RefundRow { .amountMinor = paid.amount.minor, .reason = reason, .askedBy = invoice->customerId },
            traceId
        ));
    }
    if (!TRY(billing_store::endDunning(session, invoice->id)))
        return {};
    TRY(cancel(session, invoice->customerId, dunningKey(invoice->id), traceId));
    // Paid after all, but there is nothing left that could be good again; or something else is overdue.
    if (isEnded || TRY(billing_store::isOverdue(session, invoice->subscriptionId)))
        return {};
    const QString words = mayDo(Standing::good, invoice->isPurchase);
    return Outbox::publish(
        session, key, StandingChanged { toInvoice(*invoice), Standing::good, words, {}, {} }, traceId
    );
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
    const auto plan = TRY(billing_store::lock(session, invoice->subscriptionId));
    if (invoice->isPurchase && plan && plan->endedAt)
        return annul(session, *invoice, traceId); // called off meanwhile
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
    const QList<DunningStepRow> steps = TRY(billing_store::dunningSteps(session, invoice.isPurchase));
    const auto now
        = std::ranges::find_if(steps, [&](const DunningStepRow &each) { return each.place > dunning.place; });
    if (now == steps.end())
        return {};
    const auto next = std::next(now);
    StandingChanged event {
        toInvoice(invoice), now->standing, mayDo(now->standing, invoice.isPurchase), {}, {}
    };
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
    if (invoice.isPurchase) {
        // What never began is not lost. If the vendor still owes an answer, that decides.
        if (!invoice.isAsking)
            TRY(annul(session, invoice, traceId));
    } else {
        TRY(ledger::writtenOff(session, invoice, m_clock.now()));
        invoice.state = api::InvoiceState::uncollectible;
        TRY(billing_store::update(session, invoice));
        TRY(billing_store::endDunning(session, invoice.id));
    }
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
    refund->doneAt = done.refundedAt;
    refund->creditNumber = TRY(billing_store::nextCreditNumber(session));
    TRY(billing_store::update(session, *refund));
    TRY(vendor_audit_store::book(session, BookingKind::refund, done.vendorRef, refund->invoiceId, done.amount)
    );
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
    if (by.role != api::Role::admin && after > api::mostRefundByManager)
        return fail(
            Problem::forbidden(u"To give back more than 200.00 of an invoice takes an administrator."_s)
        );
    const RefundRow asked = TRY(refund(
        session,
        *invoice,
        RefundRow { .amountMinor = amount, .reason = wanted.reason.toString(), .askedBy = by.account },
        by.requestId
    ));
    return toRefund(asked, invoice->currency);
}

Result<RefundRow>
BillingService::refund(Session &session, InvoiceRow &invoice, RefundRow wanted, const QString &traceId) const
{
    wanted.id = api::RefundId::make();
    wanted.invoiceId = invoice.id;
    wanted.askedAt = m_clock.now();
    TRY(billing_store::insert(session, wanted));
    invoice.refundedMinor += wanted.amountMinor;
    TRY(billing_store::update(session, invoice));
    const RefundCharge command {
        wanted.id, invoice.id, { wanted.amountMinor, invoice.currency }, wanted.reason
    };
    TRY(Outbox::publish(session, invoice.customerId.toString(), command, traceId));
    return wanted;
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

Result<api::AccountId> BillingService::whose(const Caller &by, const std::optional<api::AccountId> &customer)
{
    if (by.isStaff() && !customer)
        return fail(Problem::invalid(u"/customerId"_s, u"must say whose invoices"_s));
    if (!by.isStaff() && customer && *customer != by.account)
        return fail(Problem::forbidden(u"These are not your invoices."_s));
    return customer.value_or(by.account);
}

Result<api::File> BillingService::printInvoice(Session &session, const Caller &by, api::InvoiceId id) const
{
    const InvoiceRow row = TRY(seen(session, by, id));
    const QByteArray paper = TRY(pdf::render(billing_papers::invoice(row, m_issuer)));
    return api::File { spokenNumber(row) + ".pdf"_L1, paper };
}

Result<api::File> BillingService::printCreditNote(Session &session, const Caller &by, api::RefundId id) const
{
    const Problem none = Problem::notFound(u"There is no such credit note."_s);
    const std::optional<RefundRow> refund = TRY(billing_store::find(session, id));
    if (!refund || !refund->creditNumber)
        return fail(none);
    const Result<InvoiceRow> row = seen(session, by, refund->invoiceId);
    if (!row)
        return fail(row.error().kind == ProblemKind::notFound ? none : row.error());
    const QByteArray paper = TRY(pdf::render(billing_papers::creditNote(*refund, *row, m_issuer)));
    return api::File { spokenCreditNumber(*refund->creditNumber) + ".pdf"_L1, paper };
}

Result<api::Statement>
BillingService::statement(Session &session, const Caller &by, const api::StatementQuery &query) const
{
    const api::AccountId customer = TRY(whose(by, query.customerId));
    if (query.to <= query.from)
        return fail(Problem::invalid(u"/to"_s, u"must be later than from"_s));
    if (query.to - query.from > std::chrono::days(366))
        return fail(Problem::invalid(u"/to"_s, u"must be within a year of from"_s));
    const QString currency = query.currency ? query.currency->toString() : u"USD"_s;
    return statementOf(session, { customer, currency, query.from, query.to });
}

Result<api::File>
BillingService::printStatement(Session &session, const Caller &by, const api::StatementQuery &query) const
{
    const api::Statement statement = TRY(this->statement(session, by, query));
    const Payer payer = TRY(m_payerOf(statement.customerId));
    const QByteArray paper
        = TRY(pdf::render(billing_papers::statement(statement, payer, m_issuer, m_clock.now())));
    const QDate day = toDateTime(query.from).date();
    return api::File { u"statement-%1.pdf"_s.arg(day.toString(Qt::ISODate)), paper };
}

Result<api::Page<api::Invoice>>
BillingService::invoices(Session &session, const Caller &by, const api::InvoiceQuery &query) const
{
    const api::AccountId customer = TRY(whose(by, query.customerId));
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

// Standing -------------------------------------------------------------------

Result<api::CustomerStanding>
BillingService::standing(Session &session, const Caller &by, api::AccountId customer) const
{
    // Somebody else is not there, as far as a customer can tell.
    if (!by.isStaff() && customer != by.account)
        return fail(Problem::notFound(u"There is no such customer."_s));
    return standingOf(session, customer);
}

Result<api::TicketStanding>
BillingService::standingAtWork(Session &session, const Caller &by, api::AccountId customer) const
{
    const api::CustomerStanding now = TRY(standingOf(session, customer));
    if (by.isStaff())
        return api::TicketStanding { now.standing, now.standing == Standing::good ? QString() : now.mayDo };
    const QString says = atTheDoor(now.standing);
    return api::TicketStanding { says.isEmpty() ? Standing::good : now.standing, says };
}

Result<api::CustomerStanding> BillingService::standingOf(Session &session, api::AccountId customer) const
{
    api::CustomerStanding now { customer, Standing::good, {}, {}, {}, {}, {} };
    bool isPurchase = false;
    for (const InvoiceRow &invoice : TRY(billing_store::open(session, customer))) {
        addTo(now.open, invoice.total());
        const QList<DunningStepRow> steps = TRY(billing_store::dunningSteps(session, invoice.isPurchase));
        const std::optional<DunningRow> dunning = TRY(billing_store::dunning(session, invoice.id));
        const auto step
            = dunning ? std::ranges::find(steps, dunning->place, &DunningStepRow::place) : steps.end();
        if (step == steps.end() || step->standing < now.standing)
            continue;
        now.standing = step->standing;
        isPurchase = invoice.isPurchase;
        now.trouble = invoice.trouble;
        now.next.reset();
        now.nextAt = dunning->nextAt;
        if (std::next(step) != steps.end())
            now.next = std::next(step)->standing;
    }
    if (now.open.isEmpty() && TRY(billing_store::hasLost(session, customer)))
        now.standing = Standing::cancelled;
    now.mayDo = mayDo(now.standing, isPurchase);
    return now;
}
