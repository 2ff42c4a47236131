#pragma once

#include "server/services/billing/vendor_audit_store.h"
#include "server/services/payment/payment_gateway.h"
#include "shared/core/clock.h"

#include <mutex>

class Database;

// Compares what the payment vendor says it did for us with our books, once a day and to the cent. Both sides
// keep their own account of each charge and refund; a difference is listed until a later comparison no longer
// finds it.
//
// Each comparison reaches back over the last two days before the one before, or to the oldest difference that
// is open, so that what was on its way then is looked at again.
class VendorAudit
{
public:
    using ListOf = std::function<Result<QList<VendorEntry>>(VendorList, Instant from, Instant until)>;

    struct Health
    {
        qint64 differences = 0;
        std::optional<Instant> comparedAt;
        bool isLate = false; // it has not worked for more than a day and a half
        QString trouble {}; // why the last one did not
    };

    // `real` is the world's clock: the vendor's list goes by no other.
    VendorAudit(Database &database, const Clock &real, ListOf listOf);

    // Compares if it is time and no other node is at it. Blocks for as long as the vendor takes.
    Result<void> keepHouse();
    // Compares now.
    Result<void> compare();

    [[nodiscard]] Health lastHealth() const;
    Result<api::VendorComparison> answer(Session &session) const;

private:
    Result<void> compare(const VendorAuditRow &audit);
    Result<void> look(); // at how it stands

    Database &m_database;
    const Clock &m_real;
    ListOf m_listOf;
    Instant m_startedAt;
    mutable std::mutex m_mutex;
    Health m_health;
};
