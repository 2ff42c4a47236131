#include "admin-client/features/tax/tax_view_model.h"

TaxViewModel::TaxViewModel(ApiClient &api, QObject *parent)
    : QObject(parent)
    , m_api(api)
{
    reload();
}

void TaxViewModel::reload()
{
    m_api.call<api::billing::TaxRates>().then(this, [this](const Result<api::Items<api::TaxRate>> &rates) {
        m_problem = rates ? std::nullopt : std::optional(rates.error());
        if (rates)
            m_rates = rates->items;
        emit changed();
    });
}

void TaxViewModel::change(const QString &usState, const api::TaxRateChange &wanted)
{
    const auto state = Text<2, 2>::parse(usState);
    if (!state)
        return emit refused(
            Problem::invalid(QStringLiteral("/usState"), tr("must be the two letters of a state"))
        );
    m_api.call<api::billing::ChangeTaxRate>(api::TaxRateRef { *state }, wanted)
        .then(this, [this](const Result<api::TaxRate> &rate) {
            if (!rate)
                return emit refused(rate.error());
            emit saved(*rate);
            reload();
        });
}
