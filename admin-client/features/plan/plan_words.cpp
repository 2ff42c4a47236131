#include "admin-client/features/plan/plan_words.h"

#include "shared/ui/relative_time.h"
#include "shared/ui/words.h"

#include <QCoreApplication>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace {

struct PlanWords
{
    Q_DECLARE_TR_FUNCTIONS(PlanWords)
};

// In one order, since theirs says nothing.
QString slugs(const QStringList &all)
{
    QStringList names;
    for (const QString &each : all)
        names += words::slug(each);
    names.sort();
    return names.isEmpty() ? PlanWords::tr("nothing") : names.join(u", "_s);
}

QString counting(api::SlaCounting counting)
{
    return counting == api::SlaCounting::always ? PlanWords::tr("around the clock")
                                                : PlanWords::tr("working time");
}

} // namespace

namespace words {

QString price(const api::Plan &plan)
{
    return plan.period == api::Period::year ? PlanWords::tr("%1 a year").arg(money(plan.price))
                                            : PlanWords::tr("%1 a month").arg(money(plan.price));
}

QString date(Instant instant)
{
    return QLocale().toString(toDateTime(instant).toLocalTime().date(), u"MMM d, yyyy"_s);
}

const api::PlanVersion &inForce(const api::PlanHistory &plan, Instant at)
{
    const api::PlanVersion *found = &plan.versions.first();
    for (const api::PlanVersion &each : plan.versions) {
        if (each.from <= at)
            found = &each;
    }
    return *found;
}

const api::PlanVersion *coming(const api::PlanHistory &plan, Instant at)
{
    const auto found = std::ranges::find_if(plan.versions, [&](const api::PlanVersion &each) {
        return each.from > at && each.plan.version > inForce(plan, at).plan.version;
    });
    return found == plan.versions.end() ? nullptr : &*found;
}

QString summary(const api::PlanHistory &plan, Instant at)
{
    QStringList parts;
    if (!plan.isOnSale)
        parts += PlanWords::tr("not on sale");
    parts += price(inForce(plan, at).plan);
    if (const api::PlanVersion *next = coming(plan, at))
        parts += PlanWords::tr("%1 from %2").arg(money(next->plan.price), date(next->from));
    parts += PlanWords::tr("held by %L1").arg(plan.subscribers);
    return parts.join(u" · "_s);
}

QStringList differences(const api::Plan &before, const api::Plan &after)
{
    QStringList list;
    const auto add = [&](const QString &what, const QString &was, const QString &is) {
        if (was != is)
            list += PlanWords::tr("%1 %2 → %3").arg(what, was, is);
    };
    add(PlanWords::tr("name"), before.name, after.name);
    add(PlanWords::tr("price"), money(before.price), money(after.price));
    add(PlanWords::tr("covers"), slugs(before.categories), slugs(after.categories));
    add(PlanWords::tr("visits a year"),
        before.visitsPerYear ? QString::number(before.visitsPerYear) : PlanWords::tr("any"),
        after.visitsPerYear ? QString::number(after.visitsPerYear) : PlanWords::tr("any"));
    add(PlanWords::tr("expert found in"), durationText(before.sla.assign), durationText(after.sla.assign));
    add(PlanWords::tr("accepted in"), durationText(before.sla.accept), durationText(after.sla.accept));
    add(PlanWords::tr("arrival in"), durationText(before.sla.arrive), durationText(after.sla.arrive));
    add(PlanWords::tr("repaired in"), durationText(before.sla.resolve), durationText(after.sla.resolve));
    add(PlanWords::tr("counted in"), counting(before.sla.counting), counting(after.sla.counting));
    add(PlanWords::tr("priority"), of(before.priority).label, of(after.priority).label);
    if (before.description != after.description)
        list += PlanWords::tr("another description");
    return list;
}

QString sum(const api::BillPreview &bill)
{
    return PlanWords::tr("%1 + %2 tax (%L3 %) = %4")
        .arg(money(bill.net), money(bill.tax))
        .arg(bill.taxBasisPoints / 100.0, 0, 'f', 2)
        .arg(money(bill.total));
}

} // namespace words
