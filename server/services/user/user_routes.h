#pragma once

#include <memory>

class Consumer;
class CustomerService;
class ExpertService;
class Routes;

void addUserRoutes(Routes &routes, ExpertService &experts, const CustomerService &customers);

// What the user service listens to: new accounts.
[[nodiscard]] std::shared_ptr<const Consumer> userConsumer(const CustomerService &customers);
