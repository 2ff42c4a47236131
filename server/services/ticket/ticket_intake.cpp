#include "server/events/outbox.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/gateway/localities.h"
#include "server/services/ticket/ticket_service.h"

// Filing: the one operation that must stand whatever else is down. It reads two snapshots in memory
// (catalogue and localities) and otherwise only its own schema.

using namespace std::chrono_literals;

namespace {

// How long after a plan was learned of its customer's tickets are looked at once more: soon, since somebody
// waits, and when no transaction can still be under way.
constexpr std::chrono::milliseconds laterLooks[] { 2s, 1min };

constexpr auto aYear = std::chrono::days(365);

// What is known of the customers of a batch.
struct Holdings
{
    QList<CoverageRow> plans;
    QList<OwnedDevice> devices;
    QHash<api::SubscriptionId, int> used; // visits, of the plans that limit them
};

bool isUsedUp(const Holdings &held, const CoverageRow &plan)
{
    return plan.visitsPerYear > 0 && held.used.value(plan.subscriptionId) >= plan.visitsPerYear;
}

// The plan among those the customer holds that covers the category and promises most. One that has no visits
// left only if none has.
const CoverageRow *bestPlan(const Holdings &held, const TicketRow &row)
{
    const CoverageRow *best = nullptr;
    const auto worth
        = [&](const CoverageRow &plan) { return std::pair(!isUsedUp(held, plan), plan.priority); };
    for (const CoverageRow &plan : held.plans) {
        if (plan.customerId != row.customerId || plan.pending || !plan.categories.contains(row.category))
            continue;
        if (!best || worth(plan) > worth(*best))
            best = &plan;
    }
    return best;
}

bool isRegistered(const QList<OwnedDevice> &devices, const TicketRow &row)
{
    const QString key = api::serialKey(row.serialNumber.value_or(QString()));
    return std::ranges::any_of(devices, [&](const OwnedDevice &device) {
        return device.customerId == row.customerId && device.productId == row.productId
            && (key.isEmpty() || device.serialKey == key);
    });
}

// Why no plan covers the ticket, with none that could.
api::CoverageReason whyNone(const Holdings &held, const TicketRow &row)
{
    auto reason = api::CoverageReason::noPlan;
    for (const CoverageRow &plan : held.plans) {
        if (plan.customerId != row.customerId)
            continue;
        // No plan at all may also mean that the purchase of a moment ago has not reached us, and a purchase
        // that is not paid yet may be the moment after: take the ticket, look again then.
        if (plan.pending)
            return api::CoverageReason::unpaid;
        reason = api::CoverageReason::notInPlan;
    }
    return reason;
}

// The plan that covers the ticket, if one does.
const CoverageRow *cover(TicketRow &row, Holdings &held)
{
    const CoverageRow *plan = bestPlan(held, row);
    if (plan == nullptr) {
        row.coverageReason = whyNone(held, row);
        row.coverage = row.coverageReason == api::CoverageReason::notInPlan ? api::Coverage::notCovered
                                                                            : api::Coverage::unknown;
        return nullptr;
    }
    if (isUsedUp(held, *plan)) {
        row.coverageReason = api::CoverageReason::visitsUsed;
        row.coverage = api::Coverage::notCovered;
        return nullptr;
    }
    row.coverageReason
        = isRegistered(held.devices, row) ? api::CoverageReason::inPlan : api::CoverageReason::unregistered;
    row.coverage = api::Coverage::covered;
    row.priority = plan->priority;
    row.subscriptionId = plan->subscriptionId;
    ++held.used[plan->subscriptionId];
    return plan;
}

Result<Holdings> holdingsOf(Session &session, const QList<api::AccountId> &customers, Instant now)
{
    Holdings held;
    held.plans = TRY(ticket_store::coverageOf(session, customers));
    if (held.plans.isEmpty())
        return held;
    held.devices = TRY(ticket_store::devicesOf(session, customers));
    QList<api::SubscriptionId> limited;
    for (const CoverageRow &plan : std::as_const(held.plans)) {
        if (plan.visitsPerYear > 0)
            limited.append(plan.subscriptionId);
    }
    if (!limited.isEmpty()) {
        for (const UsedVisits &each : TRY(ticket_store::lockUsedVisits(session, limited, now - aYear)))
            held.used.insert(each.subscriptionId, each.used);
    }
    return held;
}

ChangeRow filed(const TicketRow &row, const Caller &by)
{
    return {
        .ticketId = row.id,
        .version = row.version,
        .fromState = {},
        .toState = row.state,
        .action = enumName(TicketAction::open),
        .actorId = by.account,
        .actor = by.name,
        .actorRole = by.role,
        .reason = {},
        .at = row.createdAt,
    };
}

} // namespace

Result<TicketRow> TicketService::draftRow(const Intake &intake) const
{
    const api::NewTicket &draft = intake.draft;
    if (draft.customerId && !intake.by.isStaff() && *draft.customerId != intake.by.account)
        return fail(Problem::forbidden(QStringLiteral("Only staff may file a ticket for somebody else.")));
    if (intake.by.isStaff() && !draft.customerId)
        return fail(Problem::invalid(
            QStringLiteral("/customerId"), QStringLiteral("is required: whose ticket is it?")
        ));
    const std::shared_ptr<const Catalog> catalog = m_with.catalog.current();
    if (!catalog)
        return fail(Problem::unavailable(QStringLiteral("The catalogue is still being read. Please try again."
        )));
    const api::Product *product = catalog->find(draft.productId);
    if (!product)
        return fail(Problem::invalid(QStringLiteral("/productId"), QStringLiteral("is not a product we know"))
        );

    const Locality place = m_with.localities.resolve(draft.address.zip);
    const Instant now = m_with.clock.now();
    TicketRow row {
        .id = api::TicketId::make(),
        .number = 0,
        .customerId = draft.customerId.value_or(intake.by.account),
        .filedBy = intake.by.account,
        .productId = product->id,
        .productName = product->name,
        .category = product->category,
        .skill = product->skill,
        .minutes = product->minutes,
        .priority = api::Priority::normal,
        .subject = draft.subject.toString(),
        .description = draft.description.toString(),
        .serialNumber = {},
        .contactName = draft.contactName.toString(),
        .contactPhone = draft.contactPhone.toString(),
        .line1 = draft.address.line1.toString(),
        .line2 = {},
        .city = draft.address.city.toString(),
        .usState = draft.address.state.toString().toUpper(),
        .zip = draft.address.zip.toString(),
        .region = place.region,
        .timeZone = place.timeZone,
        .lat = {},
        .lon = {},
        .state = api::TicketState::open,
        .escalation = 0,
        .coverage = api::Coverage::unknown,
        .round = 1,
        .expertId = {},
        .expertName = {},
        .waitingFor = {},
        .resolution = {},
        .arriveBy = {},
        .createdAt = now,
        .updatedAt = now,
        .completedAt = {},
        .paused = {},
        .pausedUntil = {},
        .stageSince = now,
        .nudges = 0,
        .silentExperts = 0,
        .wakeAt = {},
        .subscriptionId = {},
        .coverageReason = api::CoverageReason::noPlan,
        .version = 1,
    };
    if (draft.serialNumber)
        row.serialNumber = draft.serialNumber->toString();
    if (draft.address.line2)
        row.line2 = draft.address.line2->toString();
    if (place.position) {
        row.lat = place.position->lat;
        row.lon = place.position->lon;
    }
    return row;
}

Result<QList<Result<api::Ticket>>> TicketService::open(Session &session, const QList<Intake> &drafts) const
{
    QList<Result<TicketRow>> rows;
    QList<api::AccountId> customers;
    for (const Intake &intake : drafts) {
        rows.append(draftRow(intake));
        if (rows.last())
            customers.append(rows.last()->customerId);
    }
    Holdings held = TRY(holdingsOf(session, customers, m_with.clock.now()));
    QList<qint64> numbers = TRY(ticket_store::takeNumbers(session, customers.size()));

    QList<TicketRow> tickets;
    QList<Caller> callers;
    QHash<api::TicketId, CoverageRow> promised;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        if (!rows.at(i))
            continue;
        TicketRow &row = *rows[i];
        row.number = numbers.takeFirst();
        if (const CoverageRow *plan = cover(row, held))
            promised.insert(row.id, *plan);
        tickets.append(row);
        callers.append(drafts.at(i).by);
    }
    QList<Outbox::Draft> timers;
    const QList<ClockRow> clocks = TRY(m_clocks.start(session, tickets, promised, timers));

    QList<ChangeRow> changes;
    QList<Outbox::Draft> events;
    for (qsizetype i = 0; i < tickets.size(); ++i) {
        const TicketRow &row = tickets.at(i);
        const TicketMove move = TicketMove::by(callers.at(i), TicketAction::open, row);
        changes.append(filed(row, callers.at(i)));
        events.append(eventOf(eventType(TicketAction::open), row, move));
    }
    QList<Result<api::Ticket>> answers;
    qsizetype next = 0;
    for (const Result<TicketRow> &row : rows) {
        if (row)
            answers.append(toTicket(tickets.at(next++), {}));
        else
            answers.append(fail(row.error()));
    }
    TRY(ticket_store::insert(session, tickets, changes));
    TRY(sla_store::put(session, clocks));
    events += timers;
    TRY(Outbox::publishAll(session, events));
    return answers;
}

// Coverage that became known later ------------------------------------------

Result<void>
TicketService::learnCoverage(Session &session, const CoverageRow &plan, const QString &traceId) const
{
    TRY(ticket_store::learnCoverage(session, plan));
    TRY(coverWaiting(session, plan.customerId, traceId));
    return lookAgain(session, { plan.customerId, 0 });
}

// A ticket that was being filed at this moment could neither see the plan nor be seen here.
Result<void> TicketService::lookAgain(Session &session, const CoverageLook &look) const
{
    if (look.looks >= std::ssize(laterLooks))
        return {};
    const QString key = coverageTimer + look.customerId.toString();
    const Instant dueAt = m_with.clock.now() + laterLooks[look.looks];
    const CoverageLook next { look.customerId, look.looks + 1 };
    return Outbox::publish(
        session, key, SetTimer { QStringLiteral("ticket"), key, dueAt, json::encode(next).toObject(), {} }, {}
    );
}

Result<void> TicketService::lookAgain(Session &session, const TimerFired &fired, const QString &traceId) const
{
    const CoverageLook look = TRY(json::fromJson<CoverageLook>(fired.payload));
    TRY(coverWaiting(session, look.customerId, traceId));
    return lookAgain(session, look);
}

Result<void>
TicketService::coverWaiting(Session &session, api::AccountId customer, const QString &traceId) const
{
    Holdings held = TRY(holdingsOf(session, { customer }, m_with.clock.now()));
    if (held.plans.isEmpty())
        return {};
    for (TicketRow &row : TRY(ticket_store::lockUncovered(session, customer))) {
        if (const CoverageRow *covering = cover(row, held)) {
            TRY(m_clocks.promise(session, row, *covering));
            TRY(m_clocks.settle(session, row, traceId));
        }
        row.updatedAt = m_with.clock.now();
        ++row.version;
        TRY(ticket_store::save(session, row));
        const TicketMove move
            = TicketMove::bySystem(QStringLiteral("Catalogue"), TicketAction::open, row, traceId);
        TRY(Outbox::publishAll(session, { eventOf(QStringLiteral("ticket.covered"), row, move) }));
    }
    return {};
}

Result<void>
TicketService::learnDevice(Session &session, const OwnedDevice &device, const QString &traceId) const
{
    TRY(ticket_store::add(session, device));
    for (TicketRow &row : TRY(ticket_store::lockUnregistered(session, device.customerId))) {
        if (!isRegistered({ device }, row))
            continue;
        row.coverageReason = api::CoverageReason::inPlan;
        row.updatedAt = m_with.clock.now();
        ++row.version;
        TRY(ticket_store::save(session, row));
        const TicketMove move
            = TicketMove::bySystem(QStringLiteral("Catalogue"), TicketAction::open, row, traceId);
        TRY(Outbox::publishAll(session, { eventOf(QStringLiteral("ticket.covered"), row, move) }));
    }
    return {};
}

// What was filed for it stays what it is.
Result<void> TicketService::forgetDevice(Session &session, api::DeviceId device) const
{
    return ticket_store::removeDevice(session, device);
}

Result<api::Items<api::PlanUsage>>
TicketService::planUsage(Session &session, const Caller &by, api::AccountId customer) const
{
    // Somebody else is not there, as far as a customer can tell.
    if (!by.isStaff() && customer != by.account)
        return fail(Problem::notFound(QStringLiteral("There is no such customer.")));
    return api::Items<api::PlanUsage> {
        TRY(ticket_store::planUsage(session, customer, m_with.clock.now() - aYear))
    };
}

Result<void> TicketService::endCoverage(Session &session, api::SubscriptionId subscription) const
{
    return ticket_store::endCoverage(session, subscription);
}

Result<void> TicketService::pauseCoverage(Session &session, api::SubscriptionId subscription) const
{
    return ticket_store::pauseCoverage(session, subscription);
}

Result<void> TicketService::setCovering(Session &session, api::SubscriptionId subscription, bool covers) const
{
    return ticket_store::setCovering(session, subscription, covers);
}
