#pragma once

#include "shared/json/codec.h"

enum class SmsOutage {
    none,
    refuses, // 503, in the vendor's words
    breaks, // 500, in nobody's words, with nothing done
    limits, // 429
    silent, // takes requests, does nothing, and never answers
};
BOOST_DESCRIBE_ENUM(SmsOutage, none, refuses, breaks, limits, silent)

// How well the vendor behaves: read and changed at /control/behaviour while it runs.
struct SmsBehaviour
{
    int latencyMs = 0; // between having taken a message and saying so
    SmsOutage outage = SmsOutage::none;
    int hangs = 0; // so many of the next messages are taken, and that is never said
    bool forgets = false; // what was taken is on no list
    int receiptDelayMs = 0;
    int receiptJitterMs = 0; // up to so much more, each its own: they overtake each other
    int receiptCopies = 1;
    bool receiptsBackwards = false; // the last word comes first
};
BOOST_DESCRIBE_STRUCT(
    SmsBehaviour,
    (),
    (latencyMs, outage, hangs, forgets, receiptDelayMs, receiptJitterMs, receiptCopies, receiptsBackwards)
)
