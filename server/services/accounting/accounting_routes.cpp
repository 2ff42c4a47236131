#include "server/services/accounting/accounting_routes.h"

#include "server/http/metrics.h"
#include "server/http/routes.h"
#include "server/services/accounting/accounting_service.h"

void addAccountingRoutes(Routes &routes, const AccountingService &accounting)
{
    routes.on<api::accounting::Fetch>([&](Session &session, const Caller &) {
        return accounting.fetch(session);
    });
    routes.on<api::accounting::Alarms>([&](Session &session, const Caller &) {
        return accounting.alarms(session);
    });
}

namespace {

using Standing = AccountingService::Standing;

qint64 sumOf(const Standing &standing, qint64 GroupHealth::*what)
{
    qint64 sum = 0;
    for (const GroupHealth &group : standing.groups)
        sum += group.*what;
    return sum;
}

} // namespace

void addAccountingMetrics(Metrics &metrics, const AccountingService &accounting)
{
    const auto add = [&](const char *name, const char *help, auto read) {
        metrics.gauge(name, help, [&accounting, read] {
            return static_cast<double>(read(accounting.standing()));
        });
    };
    add("squad_alarms", "Alarms that are up.", [](const Standing &now) { return now.alarms.size(); });
    add("squad_accounting_differences", "Confirmed differences between sources.", [](const Standing &now) {
        return now.differences;
    });
    add("squad_accounting_look_age_seconds",
        "Since any node has looked over the accounts.",
        [](const Standing &now) { return now.lastLook.count(); });
    add("squad_bus_waiting", "Events that consumers have not handled, in sum.", [](const Standing &now) {
        return sumOf(now, &GroupHealth::waiting);
    });
    add("squad_bus_retrying", "Events that wait for another attempt.", [](const Standing &now) {
        return sumOf(now, &GroupHealth::retrying);
    });
    add("squad_bus_dead", "Dead letters.", [](const Standing &now) { return sumOf(now, &GroupHealth::dead); }
    );
    add("squad_bus_stalled_consumers", "Consumer groups that stand still.", [](const Standing &now) {
        return std::ranges::count_if(now.groups, &GroupHealth::stalled);
    });
}

QByteArray readiness(const AccountingService &accounting)
{
    const Standing now = accounting.standing();
    if (now.alarms.isEmpty())
        return "ready\n";
    QByteArray text = "ready, with alarms\n";
    for (const api::Alarm &alarm : now.alarms)
        text += "- " + alarm.text.toUtf8() + '\n';
    return text;
}
