#pragma once

#include "server/http/caller.h"
#include "server/services/user/customer_store.h"

class ExpertService;
class GatewayService;
struct AccountRegistered;

// Customers' profiles, and everybody's view of their own account.
class CustomerService
{
public:
    CustomerService(GatewayService &gateway, ExpertService &experts);

    // From the first moment after the registration: what the profile does not hold yet, the account does.
    Result<api::Account> me(Session &session, const Caller &by) const;
    Result<api::Account> changeMe(Session &session, const Caller &by, const api::AccountChange &change) const;
    Result<api::Account> fetch(Session &session, api::AccountId id) const;
    Result<api::Page<api::Account>> list(Session &session, const api::PeopleQuery &query) const;

    Result<void> learn(Session &session, const AccountRegistered &account, Instant at) const;

private:
    Result<api::Account>
    changeCustomer(Session &session, const Caller &by, const api::AccountChange &change) const;
    Result<CustomerRow> lockOrMake(Session &session, const Caller &by) const;

    GatewayService &m_gateway;
    ExpertService &m_experts;
};
