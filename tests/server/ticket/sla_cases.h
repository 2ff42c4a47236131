#pragma once

#include <QList>
#include <QString>

// One ticket whose clock was worked out by hand; the remark says how. Times carry their offset from UTC, so
// that nothing has to be known about time zones to check them.
struct SlaCase
{
    const char *name;
    const char *calendar; // of sample::calendar(); with "/always" the plan counts all time
    const char *clock; // "resolve"
    int minutes;
    const char *filed;
    const char *story; // "access 2026-…, resume 2026-…, complete 2026-…"
    const char *seen; // when the clock is looked at; empty: at filing
    const char *due; // "-": not known
    const char *state;
    const char *remark;
};

[[nodiscard]] const QList<SlaCase> &slaCases();
