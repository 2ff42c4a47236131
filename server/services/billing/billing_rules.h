#pragma once

#include "server/services/catalog/catalog_events.h"
#include "shared/api/billing.h"

// The arithmetic of bills: pure, in whole minor units.
namespace billing_rules {

// Tax on a net amount, in hundredths of a per cent; half a cent goes away from zero.
[[nodiscard]] qint64 taxOn(qint64 netMinor, int basisPoints);

// The tax in a part of a total, as all of it has; half a cent goes to the tax.
[[nodiscard]] qint64 taxWithin(qint64 partMinor, qint64 taxMinor, qint64 totalMinor);

// "Home, Nov 23 to Dec 22, 2026", in the days of the customer's zone.
[[nodiscard]] QString periodText(const QString &planName, Instant from, Instant until, const QString &zone);

// What a bill is made of: `bought` for what is paid, and a credit for what was paid before and is not used. A
// credit never exceeds what is bought: nothing is paid out.
[[nodiscard]] QList<api::InvoiceLine> lines(const PeriodBegun &period, const QString &bought);

// The bill for a period, with the tax of where the customer lives.
[[nodiscard]] api::BillPreview bill(const PeriodBegun &period, int taxBasisPoints);

} // namespace billing_rules
