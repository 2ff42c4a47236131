#pragma once

#include "shared/api/billing.h"
#include "shared/client/api_client.h"

#include <QObject>

// What each state takes of bills. Nothing here is assumed: a rate is what the server says it is.
class TaxViewModel : public QObject
{
    Q_OBJECT
public:
    explicit TaxViewModel(ApiClient &api, QObject *parent = nullptr);

    void reload();
    void change(const QString &usState, const api::TaxRateChange &wanted);

    [[nodiscard]] const std::optional<QList<api::TaxRate>> &rates() const { return m_rates; } // by state
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }

signals:
    void changed();
    void saved(const api::TaxRate &rate);
    void refused(const Problem &problem);

private:
    ApiClient &m_api;
    std::optional<QList<api::TaxRate>> m_rates;
    std::optional<Problem> m_problem;
};
