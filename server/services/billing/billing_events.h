#pragma once

#include "shared/api/customer.h"

// What billing tells the others, keyed by the customer's id.

using api::Standing;

// An invoice was written: number and amount are final.
struct InvoiceIssued
{
    static constexpr std::string_view type = "billing.invoice_issued";

    api::Invoice invoice;
};
BOOST_DESCRIBE_STRUCT(InvoiceIssued, (), (invoice))

struct InvoicePaid
{
    static constexpr std::string_view type = "billing.invoice_paid";

    api::Invoice invoice;
};
BOOST_DESCRIBE_STRUCT(InvoicePaid, (), (invoice))

// How a customer stands with a plan whose invoice was not paid. `mayDo` says in one sentence what that means
// for them; `next` is what comes at `nextAt` if nothing is paid until then.
struct StandingChanged
{
    static constexpr std::string_view type = "billing.standing_changed";

    api::Invoice invoice;
    Standing standing = Standing::good;
    QString mayDo;
    std::optional<Standing> next;
    std::optional<Instant> nextAt;
};
BOOST_DESCRIBE_STRUCT(StandingChanged, (), (invoice, standing, mayDo, next, nextAt))
