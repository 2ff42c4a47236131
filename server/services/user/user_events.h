#pragma once

#include "shared/api/expert.h"

// What the user service tells the others. Published under the topic "user", keyed by the account's id.

// An expert as they are now: everything that decides which jobs they may get.
struct ExpertChanged
{
    static constexpr std::string_view type = "user.expert_changed";

    api::Expert expert;
};
BOOST_DESCRIBE_STRUCT(ExpertChanged, (), (expert))

// A customer's profile as it is now. Not told of one who has just registered: that event carries it.
struct CustomerChanged
{
    static constexpr std::string_view type = "user.customer_changed";

    api::Account account;
};
BOOST_DESCRIBE_STRUCT(CustomerChanged, (), (account))

// Where an expert is now. Apart from ExpertChanged because it comes often and changes nothing else.
struct ExpertMoved
{
    static constexpr std::string_view type = "user.expert_moved";

    api::AccountId expertId;
    Position position;
};
BOOST_DESCRIBE_STRUCT(ExpertMoved, (), (expertId, position))
