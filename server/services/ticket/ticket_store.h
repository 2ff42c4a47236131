#pragma once

#include "server/db/session.h"
#include "server/services/ticket/ticket_row.h"
#include "shared/api/customer.h"
#include "shared/api/device.h"

// A plan of a customer's, as far as intake needs it.
struct CoverageRow
{
    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
    QStringList categories;
    api::Priority priority = api::Priority::normal;
    int assignMinutes = 0; // 0: not promised
    int acceptMinutes = 0;
    int arriveMinutes = 0;
    int resolveMinutes = 0;
    api::SlaCounting counting = api::SlaCounting::workingTime;
    bool pending = false; // bought and not paid: whether it covers is not known
    int visitsPerYear = 0; // 0: no limit
};
BOOST_DESCRIBE_STRUCT(
    CoverageRow,
    (),
    (subscriptionId,
     customerId,
     categories,
     priority,
     assignMinutes,
     acceptMinutes,
     arriveMinutes,
     resolveMinutes,
     counting,
     pending,
     visitsPerYear)
)

// What the catalogue told of a device.
struct OwnedDevice
{
    api::DeviceId deviceId;
    api::AccountId customerId;
    api::ProductId productId;
    QString serialKey;
};
BOOST_DESCRIBE_STRUCT(OwnedDevice, (), (deviceId, customerId, productId, serialKey))

struct UsedVisits
{
    api::SubscriptionId subscriptionId;
    int used = 0;
};
BOOST_DESCRIBE_STRUCT(UsedVisits, (), (subscriptionId, used))

// What a list shows, already narrowed to what the caller may see.
struct TicketFilter
{
    std::optional<api::AccountId> customer; // only this customer's
    std::optional<api::AccountId> expert; // only jobs of this expert's
    api::TicketQuery query;
    std::optional<api::TicketId> before; // keyset: older than this one
    int limit = 50;
};

// The SQL of the schema `ticket`. Nothing else touches it.
namespace ticket_store {

Result<QList<qint64>> takeNumbers(Session &session, qsizetype count);
Result<QList<OwnedDevice>> devicesOf(Session &session, const QList<api::AccountId> &customers);
Result<void> add(Session &session, const OwnedDevice &device);
Result<void> removeDevice(Session &session, api::DeviceId id);
// Until the transaction ends nobody else counts the visits of these plans to file one more.
Result<QList<UsedVisits>>
lockUsedVisits(Session &session, const QList<api::SubscriptionId> &plans, Instant since);
Result<QList<api::PlanUsage>> planUsage(Session &session, api::AccountId customer, Instant since);
// Those under way of a device that was not registered.
Result<QList<TicketRow>> lockUnregistered(Session &session, api::AccountId customer);
Result<QList<CoverageRow>> coverageOf(Session &session, const QList<api::AccountId> &customers);
Result<void> insert(Session &session, const QList<TicketRow> &tickets, const QList<ChangeRow> &changes);

Result<std::optional<TicketRow>> find(Session &session, api::TicketId id);
Result<std::optional<TicketRow>> lock(Session &session, api::TicketId id); // until the transaction ends
Result<void> save(Session &session, const TicketRow &ticket); // what a transition may change
Result<void> add(Session &session, const ChangeRow &change);

Result<QList<VisitRow>> visits(Session &session, api::TicketId id); // oldest first
// Whether the expert was ever asked, and whether one of their visits came to something.
Result<bool> hasBeenAssigned(Session &session, api::TicketId id, api::AccountId expert);
Result<bool> hasWorkedOn(Session &session, api::TicketId id, api::AccountId expert);
Result<std::optional<VisitRow>> activeVisit(Session &session, api::TicketId id);
// False when the expert has another job: somebody was quicker.
Result<bool> beginVisit(Session &session, const VisitRow &visit);
Result<void> save(Session &session, const VisitRow &visit);

Result<QList<TicketRow>> list(Session &session, const TicketFilter &filter);
// How many match, up to `most`; a million need not be counted to show the first fifty.
Result<qint64> count(Session &session, const TicketFilter &filter, int most);
// Counts them all, whatever that takes.
Result<api::TicketLadder> ladder(Session &session, const TicketFilter &filter);

Result<QList<ChangeRow>> history(Session &session, api::TicketId id);
Result<QList<api::Comment>> comments(Session &session, api::TicketId id);
Result<void>
addComment(Session &session, api::TicketId id, api::AccountId author, const api::Comment &comment);

Result<void> learnCoverage(Session &session, const CoverageRow &row);
Result<void> endCoverage(Session &session, api::SubscriptionId subscription);
Result<void> pauseCoverage(Session &session, api::SubscriptionId subscription);
// Whether new tickets are covered by it, unless it has ended.
Result<void> setCovering(Session &session, api::SubscriptionId subscription, bool covers);
Result<QList<TicketRow>>
lockUncovered(Session &session, api::AccountId customer); // whose coverage is unknown

} // namespace ticket_store
