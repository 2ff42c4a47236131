#pragma once

class AccountingService;
class Metrics;
class Routes;

// Which endpoint calls which rule. `accounting` outlives the routes.
void addAccountingRoutes(Routes &routes, const AccountingService &accounting);

// What this node's accounts show in /metrics. `accounting` outlives the metrics.
void addAccountingMetrics(Metrics &metrics, const AccountingService &accounting);

class QByteArray;
// What /readyz says of a node that takes requests: "ready", and what is wrong behind it.
[[nodiscard]] QByteArray readiness(const AccountingService &accounting);
