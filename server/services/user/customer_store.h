#pragma once

#include "server/services/user/expert_store.h"

struct CustomerRow
{
    api::AccountId id;
    Email email;
    api::Name name;
    std::optional<Phone> phone;
    std::optional<api::Address> address;
    Instant createdAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(CustomerRow, (), (id, email, name, phone, address, createdAt, version))

// The SQL of customers in the schema `users`.
namespace customer_store {

// If that id is known, only what is missing of phone and address is added.
Result<void> insert(Session &session, const CustomerRow &customer);
Result<std::optional<CustomerRow>> find(Session &session, api::AccountId id);
Result<std::optional<CustomerRow>> lock(Session &session, api::AccountId id);
Result<void> save(Session &session, const CustomerRow &customer);
Result<QList<CustomerRow>> list(Session &session, const PeopleFilter &filter);

} // namespace customer_store
