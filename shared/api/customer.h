#pragma once

#include "shared/api/billing.h"
#include "shared/api/expert.h"
#include "shared/api/ticket.h"

// A customer as those see them who work for them: profile, plans held, and how they stand with their bills.
namespace api {

// From what follows an unpaid bill.
enum class Standing { good, warned, restricted, suspended, cancelled };
BOOST_DESCRIBE_ENUM(Standing, good, warned, restricted, suspended, cancelled)

struct CustomerStanding
{
    AccountId customerId;
    Standing standing = Standing::good;
    QString mayDo; // what that means for them, in a sentence
    std::optional<Standing> next; // what comes …
    std::optional<Instant> nextAt; // … if nothing is paid until then
    QList<Money> open; // billed and not paid, by currency
    std::optional<QString> trouble; // why the payment failed that decides this
};
BOOST_DESCRIBE_STRUCT(CustomerStanding, (), (customerId, standing, mayDo, next, nextAt, open, trouble))

// The same for whoever looks at a ticket: an expert is told what they have to know at the door, and no more.
struct TicketStanding
{
    Standing standing = Standing::good;
    QString says; // empty: nothing to heed
};
BOOST_DESCRIBE_STRUCT(TicketStanding, (), (standing, says))

// How many of a plan's visits are used. A repair counts once however many trips it takes; a cancelled one
// does not count.
struct PlanUsage
{
    SubscriptionId subscriptionId;
    int visitsPerYear = 0; // 0: no limit
    int used = 0; // since then
    Instant since; // a year ago
};
BOOST_DESCRIBE_STRUCT(PlanUsage, (), (subscriptionId, visitsPerYear, used, since))

namespace customer {

    struct FetchUsage : Endpoint<Method::get, "/customers/{id}/plan-usage">
    {
        static constexpr std::string_view summary = "How many visits of a customer's plans are used";
        static constexpr Roles roles = staff | Role::customer;
        using Params = AccountRef;
        using Answer = Items<PlanUsage>;
    };

    struct Fetch : Endpoint<Method::get, "/customers/{id}">
    {
        static constexpr std::string_view summary = "One customer's profile";
        static constexpr Roles roles = staff;
        using Params = AccountRef;
        using Answer = Account;
    };

    struct Subscriptions : Endpoint<Method::get, "/customers/{id}/subscriptions">
    {
        static constexpr std::string_view summary = "The plans a customer holds or held";
        static constexpr Roles roles = staff;
        using Params = AccountRef;
        using Answer = Items<Subscription>;
    };

    struct FetchStanding : Endpoint<Method::get, "/customers/{id}/standing">
    {
        static constexpr std::string_view summary = "How a customer stands with their bills";
        static constexpr Roles roles = staff | Role::customer;
        using Params = AccountRef;
        using Answer = CustomerStanding;
    };

} // namespace customer

namespace ticket {

    struct FetchStanding : Endpoint<Method::get, "/tickets/{id}/standing">
    {
        static constexpr std::string_view summary = "What to heed about the plan of a ticket's customer";
        static constexpr Roles roles = staff | Role::expert;
        using Params = TicketRef;
        using Answer = TicketStanding;
    };

} // namespace ticket
} // namespace api
