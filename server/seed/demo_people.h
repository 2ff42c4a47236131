#pragma once

#include "server/services/gateway/gateway_service.h"
#include "shared/api/expert.h"

// The invented people of a demo. The same number and count give the same people on every machine.
namespace demo_people {

// <who>@demo.squad.example
[[nodiscard]] Email email(const QString &who);

// The admin, the manager and the customer.
[[nodiscard]] QList<GatewayService::Newcomer> staffAndCustomer();

// expert1 … expertN, without their ids. The first five have known names, are on call around the clock in New
// York, where the demo's customer lives, and have every skill between them. The others live where people
// live.
[[nodiscard]] QList<api::Expert> experts(int count, quint32 number);

} // namespace demo_people
