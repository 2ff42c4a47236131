#include "server/services/billing/billing_rules.h"

#include "server/services/catalog/plan_rules.h"

#include <QLocale>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace billing_rules {

namespace {

    __extension__ using Wide = __int128; // a year in milliseconds times any amount of money

    qint64 divideHalfAway(Wide dividend, Wide divisor)
    {
        const Wide half = dividend < 0 ? -divisor / 2 : divisor / 2;
        return static_cast<qint64>((dividend + half) / divisor);
    }

    QDateTime localTime(Instant instant, const QString &zone)
    {
        const QTimeZone there(zone.toLatin1());
        return toDateTime(instant).toTimeZone(there.isValid() ? there : QTimeZone::utc());
    }

} // namespace

qint64 taxOn(qint64 netMinor, int basisPoints)
{
    return divideHalfAway(Wide(netMinor) * basisPoints, 10'000);
}

qint64 taxWithin(qint64 partMinor, qint64 taxMinor, qint64 totalMinor)
{
    return (partMinor * taxMinor + totalMinor / 2) / totalMinor;
}

QString periodText(const QString &planName, Instant from, Instant until, const QString &zone)
{
    const QLocale locale(QLocale::English, QLocale::UnitedStates);
    const QDate first = localTime(from, zone).date();
    const QDate last = localTime(until - std::chrono::milliseconds(1), zone).date();
    const QString begin = locale.toString(first, first.year() == last.year() ? u"MMM d"_s : u"MMM d, yyyy"_s);
    return u"%1, %2 to %3"_s.arg(planName, begin, locale.toString(last, u"MMM d, yyyy"_s));
}

QList<api::InvoiceLine> lines(const PeriodBegun &period, const QString &bought)
{
    const PlanSpan &span = period.bought;
    const qint64 due = plan_rules::remainder(span.price.minor, span.from, span.until, period.at);
    QList<api::InvoiceLine> lines { { bought, { due, span.price.currency } } };
    if (period.unused) {
        const PlanSpan &old = *period.unused;
        const qint64 credit = plan_rules::remainder(old.price.minor, old.from, old.until, period.at);
        const QString text = periodText(old.planName, period.at, old.until, period.zone);
        lines.append({ u"Not used: "_s + text, { -std::min(credit, due), old.price.currency } });
    }
    return lines;
}

api::BillPreview bill(const PeriodBegun &period, int taxBasisPoints)
{
    const QString &currency = period.bought.price.currency;
    const QString text = periodText(period.bought.planName, period.at, period.bought.until, period.zone);
    api::BillPreview bill { .from = period.at,
                            .until = period.bought.until,
                            .lines = lines(period, text),
                            .net = { 0, currency },
                            .taxBasisPoints = taxBasisPoints,
                            .tax = {},
                            .total = {} };
    for (const api::InvoiceLine &line : std::as_const(bill.lines))
        bill.net.minor += line.net.minor;
    bill.tax = { taxOn(bill.net.minor, taxBasisPoints), currency };
    bill.total = { bill.net.minor + bill.tax.minor, currency };
    return bill;
}

} // namespace billing_rules
