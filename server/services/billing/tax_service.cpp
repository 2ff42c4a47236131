#include "server/services/billing/tax_service.h"

#include "server/services/billing/billing_store.h"

using namespace Qt::StringLiterals;

namespace {

constexpr auto wayBack = std::chrono::minutes(5); // between two people's clocks
constexpr auto farAhead = std::chrono::days(366 * 2);

bool isState(const QString &text)
{
    return text.size() == 2
        && std::ranges::all_of(text, [](QChar each) { return each >= u'A' && each <= u'Z'; });
}

} // namespace

Result<api::Items<api::TaxRate>> TaxService::rates(Session &session) const
{
    return api::Items<api::TaxRate> { TRY(billing_store::taxRates(session, m_clock.now())) };
}

Result<api::TaxRate> TaxService::change(
    Session &session, const Caller &by, const QString &usState, const api::TaxRateChange &wanted
) const
{
    const QString state = usState.toUpper();
    if (!isState(state))
        return fail(Problem::invalid(u"/usState"_s, u"must be the two letters of a state, such as NY"_s));
    const Instant now = m_clock.now();
    const Instant from = wanted.from.value_or(now);
    if (from < now - wayBack)
        return fail(Problem::invalid(u"/from"_s, u"must not be in the past: bills have been written"_s));
    if (from > now + farAhead)
        return fail(Problem::invalid(u"/from"_s, u"must be within two years"_s));
    TRY(billing_store::dropTaxRatesAfter(session, state, now));
    TRY(billing_store::put(
        session,
        TaxRateRow { .usState = state,
                     .basisPoints = wanted.basisPoints.value,
                     .fromAt = std::max(from, now),
                     .madeBy = by.account,
                     .madeByName = by.name,
                     .madeAt = now }
    ));
    for (const api::TaxRate &each : TRY(billing_store::taxRates(session, now))) {
        if (each.usState == state)
            return each;
    }
    return fail(Problem::internal(u"The rate is not there."_s));
}
