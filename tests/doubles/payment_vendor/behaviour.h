#pragma once

#include "shared/json/codec.h"

namespace vendor {

enum class Outage {
    none,
    refuses, // 503 for everything
    silent, // takes requests, does nothing, and never answers
};
BOOST_DESCRIBE_ENUM(Outage, none, refuses, silent)

// How well the vendor behaves: read and changed at /control/behaviour while it runs. What happens to a part
// of all charges is decided by a hash of their idempotency keys, so that it is the same in each run and a
// test can tell it beforehand.
struct Behaviour
{
    int latencyMs = 0; // between having done what was asked and answering
    int concurrency = 0; // more requests at once are answered 429; 0: no limit
    Outage outage = Outage::none;
    int hangs = 0; // so many of the next new charges and refunds are done and never answered …
    double hanging = 0; // … and so is this part of all, 0 to 1
    double softDeclines = 0; // part of charges, 0 to 1
    double hardDeclines = 0;
    bool declinesOnAttach = false; // as Stripe does with its declining cards, all but …0341
    int refundMs = 1000; // how long a refund stays pending that does
    int webhookDelayMs = 0;
    int webhookJitterMs = 0; // up to so much more, each its own: they overtake each other
    int webhookCopies = 1;
};
BOOST_DESCRIBE_STRUCT(
    Behaviour,
    (),
    (latencyMs,
     concurrency,
     outage,
     hangs,
     hanging,
     softDeclines,
     hardDeclines,
     declinesOnAttach,
     refundMs,
     webhookDelayMs,
     webhookJitterMs,
     webhookCopies)
)

} // namespace vendor
