#include "server/services/billing/vendor_audit.h"

#include "server/db/database.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto role = "squad_billing";
constexpr auto every = 24h;
constexpr auto patience = 36h; // before it is late
constexpr auto lease = 30min; // for the vendor's whole list
constexpr auto onItsWay = 15min; // what is younger may not have reached our books yet
constexpr auto overlap = 48h;
constexpr auto remembered = std::chrono::days(30);
constexpr int mostShown = 200;

using Kind = api::VendorDifferenceKind;

struct Kinds
{
    BookingKind booking;
    Kind unknown;
    Kind missing;
    Kind amount;
};
constexpr Kinds charges { BookingKind::charge, Kind::unknownCharge, Kind::missingCharge, Kind::chargeAmount };
constexpr Kinds refunds { BookingKind::refund, Kind::unknownRefund, Kind::missingRefund, Kind::refundAmount };

// What happened at the vendor and in our books, each known by the vendor's name for it.
struct Sides
{
    QList<VendorEntry> theirs;
    QHash<QString, VendorBookingRow> ours; // in the time compared, and whatever else theirs names
    Instant until;
};

QList<api::VendorDifference> compared(const Sides &sides, const Kinds &kinds, Instant now)
{
    QList<api::VendorDifference> found;
    const auto add = [&](Kind kind,
                         const QString &ref,
                         std::optional<api::InvoiceId> invoice,
                         qint64 ours,
                         qint64 theirs,
                         const QString &currency,
                         Instant at) {
        found.append({ kind, ref, invoice, ours, theirs, currency, at, now, {} });
    };
    QSet<QString> seen;
    QHash<api::InvoiceId, int> charged;
    for (const VendorEntry &entry : sides.theirs) {
        if (entry.succeeded && entry.invoiceId)
            ++charged[*entry.invoiceId];
    }
    for (const VendorEntry &entry : sides.theirs) {
        if (!entry.succeeded)
            continue;
        seen.insert(entry.ref);
        const qint64 theirs = entry.amount.minor;
        const QString &currency = entry.amount.currency;
        const auto booked = sides.ours.constFind(entry.ref);
        if (booked != sides.ours.cend()) {
            if (booked->amountMinor != theirs || booked->currency != currency)
                add(kinds.amount,
                    entry.ref,
                    booked->invoiceId,
                    booked->amountMinor,
                    theirs,
                    currency,
                    entry.createdAt);
        } else if (entry.createdAt < sides.until) {
            const bool isTwice = kinds.booking == BookingKind::charge && entry.invoiceId
                && charged.value(*entry.invoiceId) > 1;
            add(isTwice ? Kind::chargedTwice : kinds.unknown,
                entry.ref,
                entry.invoiceId,
                0,
                theirs,
                currency,
                entry.createdAt);
        }
    }
    for (const VendorBookingRow &booking : sides.ours) {
        if (!seen.contains(booking.vendorRef))
            add(kinds.missing,
                booking.vendorRef,
                booking.invoiceId,
                booking.amountMinor,
                0,
                booking.currency,
                booking.bookedAt);
    }
    return found;
}

} // namespace

VendorAudit::VendorAudit(Database &database, const Clock &real, ListOf listOf)
    : m_database(database)
    , m_real(real)
    , m_listOf(std::move(listOf))
    , m_startedAt(real.now())
{
}

Result<void> VendorAudit::keepHouse()
{
    TRY(look());
    const Health health = lastHealth();
    if (health.comparedAt && *health.comparedAt + every > m_real.now())
        return {};
    return compare();
}

Result<void> VendorAudit::compare()
{
    const Instant now = m_real.now();
    const auto leased
        = m_database.transact(role, [&](Session &session) -> Result<std::optional<VendorAuditRow>> {
              if (!TRY(vendor_audit_store::lease(session, now, now + lease)))
                  return std::optional<VendorAuditRow>();
              return std::optional(TRY(vendor_audit_store::audit(session)));
          });
    if (!leased)
        return fail(leased.error());
    if (!*leased)
        return {};
    const Result<void> done = compare(**leased);
    if (!done) {
        static_cast<void>(m_database.transact(role, [](Session &session) {
            return vendor_audit_store::unlease(session);
        }));
        const std::lock_guard lock(m_mutex);
        m_health.trouble = done.error().detail;
        return done;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_health.trouble.clear();
    }
    return look();
}

Result<void> VendorAudit::compare(const VendorAuditRow &audit)
{
    const Instant now = m_real.now();
    const Instant until = now - onItsWay;
    Instant from = audit.comparedUntil.value_or(until - remembered);
    if (audit.oldestOpen)
        from = std::min(from, *audit.oldestOpen);
    from -= overlap;
    // The lists first, and no transaction meanwhile. Theirs reach further back: we book after they charge.
    QList<std::pair<Kinds, QList<VendorEntry>>> lists;
    for (const auto &[kinds, list] :
         { std::pair(charges, VendorList::charges), std::pair(refunds, VendorList::refunds) })
        lists.append({ kinds, TRY(m_listOf(list, from - overlap, now)) });
    return m_database.transact(role, [&](Session &session) -> Result<void> {
        const QList<VendorBookingRow> booked = TRY(vendor_audit_store::bookings(session, from, until));
        QList<api::VendorDifference> found;
        for (const auto &[kinds, theirs] : std::as_const(lists)) {
            Sides sides { theirs, {}, until };
            for (const VendorBookingRow &row : booked) {
                if (row.kind == kinds.booking)
                    sides.ours.insert(row.vendorRef, row);
            }
            QStringList others;
            for (const VendorEntry &entry : theirs) {
                if (entry.succeeded && !sides.ours.contains(entry.ref))
                    others.append(entry.ref);
            }
            for (const VendorBookingRow &row : TRY(vendor_audit_store::bookings(session, others))) {
                if (row.kind == kinds.booking)
                    sides.ours.insert(row.vendorRef, row);
            }
            found += compared(sides, kinds, now);
        }
        TRY(vendor_audit_store::replace(session, found, from - overlap, now));
        return vendor_audit_store::done(session, until, now);
    });
}

Result<void> VendorAudit::look()
{
    const VendorAuditRow row
        = TRY(m_database.transact(role, [](Session &session) { return vendor_audit_store::audit(session); }));
    const std::lock_guard lock(m_mutex);
    m_health.differences = row.open;
    m_health.comparedAt = row.comparedAt;
    m_health.isLate = row.comparedAt.value_or(m_startedAt) + patience < m_real.now();
    return {};
}

VendorAudit::Health VendorAudit::lastHealth() const
{
    const std::lock_guard lock(m_mutex);
    return m_health;
}

Result<api::VendorComparison> VendorAudit::answer(Session &session) const
{
    const VendorAuditRow row = TRY(vendor_audit_store::audit(session));
    const Health health = lastHealth();
    return api::VendorComparison {
        .comparedUntil = row.comparedUntil,
        .comparedAt = row.comparedAt,
        .trouble = health.trouble.isEmpty() ? std::nullopt : std::optional(health.trouble),
        .openCount = row.open,
        .differences = TRY(vendor_audit_store::differences(session, m_real.now() - remembered, mostShown)),
    };
}
