#pragma once

#include "server/db/session.h"
#include "shared/api/billing.h"

enum class BookingKind { charge, refund };
BOOST_DESCRIBE_ENUM(BookingKind, charge, refund)

struct VendorBookingRow
{
    BookingKind kind = BookingKind::charge;
    QString vendorRef;
    api::InvoiceId invoiceId;
    qint64 amountMinor = 0;
    QString currency;
    Instant bookedAt {};
};
BOOST_DESCRIBE_STRUCT(VendorBookingRow, (), (kind, vendorRef, invoiceId, amountMinor, currency, bookedAt))

struct VendorAuditRow
{
    std::optional<Instant> comparedUntil;
    std::optional<Instant> comparedAt;
    std::optional<Instant> oldestOpen; // what the oldest open difference is about happened then
    qint64 open = 0;
};
BOOST_DESCRIBE_STRUCT(VendorAuditRow, (), (comparedUntil, comparedAt, oldestOpen, open))

// The SQL of the comparison with the vendor.
namespace vendor_audit_store {

// Once, however often it is told.
Result<void> book(
    Session &session, BookingKind kind, const QString &vendorRef, api::InvoiceId invoice, const Money &amount
);
Result<QList<VendorBookingRow>> bookings(Session &session, Instant from, Instant until);
// Whether these are in the books at all, whenever that was.
Result<QList<VendorBookingRow>> bookings(Session &session, const QStringList &vendorRefs);

Result<VendorAuditRow> audit(Session &session);
Result<bool> lease(Session &session, Instant now, Instant until); // false: another node has it
Result<void> done(Session &session, Instant until, Instant now);
Result<void> unlease(Session &session);

// Lists these, and closes what was open about the time since `from` and is not among them.
Result<void> replace(Session &session, const QList<api::VendorDifference> &found, Instant from, Instant now);
Result<QList<api::VendorDifference>> differences(Session &session, Instant since, int limit);

} // namespace vendor_audit_store
