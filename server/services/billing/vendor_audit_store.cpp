#include "server/services/billing/vendor_audit_store.h"

#include "server/db/record.h"

namespace vendor_audit_store {

namespace {

    const Statement bookSql { "billing.book", R"sql(
    insert into billing.vendor_booking (kind, vendor_ref, invoice_id, amount_minor, currency)
    values ($1, $2, $3, $4, $5) on conflict do nothing
)sql" };
    const Statement bookingsSql { "billing.bookings", R"sql(
    select * from billing.vendor_booking where booked_at >= $1 and booked_at < $2
)sql" };
    const Statement bookingsOfSql { "billing.bookingsOf", R"sql(
    select * from billing.vendor_booking where kind in ('charge', 'refund') and vendor_ref = any ($1::text[])
)sql" };
    const Statement auditSql { "billing.vendorAudit", R"sql(
    select a.compared_until, a.compared_at, min(d.at) as oldest_open, count(d.at) as open
    from billing.vendor_audit a left join billing.vendor_difference d on d.gone_at is null
    group by a.place
)sql" };
    const Statement leaseSql { "billing.leaseVendorAudit", R"sql(
    update billing.vendor_audit set leased_until = $2 where leased_until is null or leased_until < $1
)sql" };
    const Statement unleaseSql { "billing.unleaseVendorAudit",
                                 "update billing.vendor_audit set leased_until = null" };
    const Statement doneSql { "billing.vendorAuditDone", R"sql(
    update billing.vendor_audit set compared_until = $1, compared_at = $2, leased_until = null
)sql" };
    const RecordInsert<api::VendorDifference> insertDifferences {
        "billing.insertVendorDifferences",
        "billing.vendor_difference",
        "on conflict (kind, vendor_ref) do update set ours_minor = excluded.ours_minor, theirs_minor = "
        "excluded.theirs_minor, gone_at = null"
    };
    const Statement closeSql { "billing.closeVendorDifferences", R"sql(
    update billing.vendor_difference set gone_at = $2
    where gone_at is null and at >= $1 and kind || ' ' || vendor_ref <> all ($3::text[])
)sql" };
    const Statement differencesSql { "billing.vendorDifferences", R"sql(
    (select * from billing.vendor_difference where gone_at is null order by at desc limit $2)
    union all
    (select * from billing.vendor_difference where gone_at is not null and found_at >= $1 order by found_at desc limit $2)
)sql" };

} // namespace

Result<void> book(
    Session &session, BookingKind kind, const QString &vendorRef, api::InvoiceId invoice, const Money &amount
)
{
    TRY(session.exec(bookSql, kind, vendorRef, invoice, amount.minor, amount.currency));
    return {};
}

Result<QList<VendorBookingRow>> bookings(Session &session, Instant from, Instant until)
{
    return session.many<VendorBookingRow>(bookingsSql, from, until);
}

Result<QList<VendorBookingRow>> bookings(Session &session, const QStringList &vendorRefs)
{
    if (vendorRefs.isEmpty())
        return QList<VendorBookingRow>();
    return session.many<VendorBookingRow>(bookingsOfSql, vendorRefs);
}

Result<VendorAuditRow> audit(Session &session)
{
    return session.one<VendorAuditRow>(auditSql);
}

Result<bool> lease(Session &session, Instant now, Instant until)
{
    return TRY(session.exec(leaseSql, now, until)) == 1;
}

Result<void> unlease(Session &session)
{
    TRY(session.exec(unleaseSql));
    return {};
}

Result<void> done(Session &session, Instant until, Instant now)
{
    TRY(session.exec(doneSql, until, now));
    return {};
}

Result<void> replace(Session &session, const QList<api::VendorDifference> &found, Instant from, Instant now)
{
    TRY(insertDifferences.run(session, found));
    QStringList keys;
    for (const api::VendorDifference &each : found)
        keys.append(enumName(each.kind) + u' ' + each.vendorRef);
    TRY(session.exec(closeSql, from, now, keys));
    return {};
}

Result<QList<api::VendorDifference>> differences(Session &session, Instant since, int limit)
{
    return session.many<api::VendorDifference>(differencesSql, since, limit);
}

} // namespace vendor_audit_store
