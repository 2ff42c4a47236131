#pragma once

#include "server/db/session.h"
#include "server/http/caller.h"
#include "shared/api/billing.h"
#include "shared/core/clock.h"

// What each state's tax office takes of a bill, from when on. A bill has the rate of the day on which what it
// bills begins; a state that nobody gave a rate has none.
class TaxService
{
public:
    explicit TaxService(const Clock &clock)
        : m_clock(clock)
    {
    }

    Result<api::Items<api::TaxRate>> rates(Session &session) const;
    // Takes the place of what was planned for the state. The rates of before stay: bills name them.
    Result<api::TaxRate> change(
        Session &session, const Caller &by, const QString &usState, const api::TaxRateChange &wanted
    ) const;

private:
    const Clock &m_clock;
};
