#pragma once

#include "shared/api/account.h"

// What the gateway tells the others. Published under the topic "gateway", keyed by the account's id.

// A login exists. Of a customer who registered by themselves it carries the profile they gave.
struct AccountRegistered
{
    static constexpr std::string_view type = "gateway.account_registered";

    api::AccountId accountId;
    Email email;
    api::Role role = api::Role::customer;
    api::Name name;
    std::optional<Phone> phone;
    std::optional<api::Address> address;
};
BOOST_DESCRIBE_STRUCT(AccountRegistered, (), (accountId, email, role, name, phone, address))

struct SessionEnded
{
    static constexpr std::string_view type = "gateway.session_ended";

    api::SessionId sessionId;
    api::AccountId accountId;
    QString reason;
};
BOOST_DESCRIBE_STRUCT(SessionEnded, (), (sessionId, accountId, reason))

// Regions, their route or the places in them are not what they were. Keyed by the word "regions".
struct RegionChanged
{
    static constexpr std::string_view type = "gateway.region_changed";

    QList<QString> regions; // by slug
};
BOOST_DESCRIBE_STRUCT(RegionChanged, (), (regions))
