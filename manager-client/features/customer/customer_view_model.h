#pragma once

#include "shared/api/customer.h"
#include "shared/api/device.h"
#include "shared/client/push_channel.h"
#include "shared/ui/table_model.h"

#include <QTimer>

// A row of the table of invoices.
struct InvoiceLine
{
    api::InvoiceId id;
    api::Invoice invoice;

    bool operator==(const InvoiceLine &other) const;
};

// One customer as the server knows them: profile, plans, standing, invoices and what was given back of one of
// these. Nothing here is assumed: a refund is what the server says it is, and is asked for until it is
// decided.
class CustomerViewModel : public QObject
{
    Q_OBJECT
public:
    using Invoices = TableModel<InvoiceLine, api::InvoiceId>;

    CustomerViewModel(ApiClient &api, PushChannel &push, QObject *parent = nullptr);

    void open(const api::AccountId &id);
    void reload();
    void loadMore(); // invoices
    void select(const std::optional<api::InvoiceId> &invoice); // whose refunds are shown
    // The same key and the same refund are one refund, however often it is sent.
    void giveBack(const api::InvoiceId &invoice, const api::NewRefund &refund, const QByteArray &key);

    [[nodiscard]] const std::optional<api::AccountId> &id() const { return m_id; }
    [[nodiscard]] const std::optional<api::Account> &account() const { return m_account; }
    [[nodiscard]] const std::optional<QList<api::Subscription>> &plans() const { return m_plans; }
    [[nodiscard]] const QList<api::PlanUsage> &usage() const { return m_usage; }
    [[nodiscard]] const std::optional<QList<api::Device>> &devices() const { return m_devices; }
    [[nodiscard]] const std::optional<api::CustomerStanding> &standing() const { return m_standing; }
    [[nodiscard]] Invoices &invoices() { return m_invoices; }
    [[nodiscard]] bool hasInvoices() const { return m_hasInvoices; } // they were loaded
    [[nodiscard]] bool hasMore() const { return m_nextCursor.has_value(); }
    [[nodiscard]] const std::optional<api::InvoiceId> &selected() const { return m_selected; }
    [[nodiscard]] std::optional<api::Invoice> invoice() const; // the selected one
    [[nodiscard]] const QList<api::Refund> &refunds() const { return m_refunds; }
    // Why there is nobody to show, or why what is shown may not be all.
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }

    // An invoice to print, the credit note of a refund, or what happened in a year of the customer's account.
    [[nodiscard]] Reply<api::File> print(const api::InvoiceId &invoice);
    [[nodiscard]] Reply<api::File> print(const api::RefundId &refund);
    [[nodiscard]] Reply<api::File> print(const api::AccountId &customer, int year);

signals:
    void changed();
    void refundAsked();
    void refundNotAsked(const Problem &problem);
    void refundDecided(const api::Refund &refund);

private:
    template <class Endpoint, class Params>
    void load(const Params &params, std::function<void(const typename Endpoint::Answer &)> take);
    void loadInvoices(const std::optional<QString> &cursor);
    void loadRefunds();
    void takeInvoices(const api::Page<api::Invoice> &page, bool isFirst);
    void takeRefunds(const QList<api::Refund> &refunds);

    ApiClient &m_api;
    Invoices m_invoices;
    std::optional<api::AccountId> m_id;
    std::optional<api::Account> m_account;
    std::optional<QList<api::Subscription>> m_plans;
    QList<api::PlanUsage> m_usage;
    std::optional<QList<api::Device>> m_devices;
    std::optional<api::CustomerStanding> m_standing;
    bool m_hasInvoices = false;
    std::optional<QString> m_nextCursor;
    std::optional<api::InvoiceId> m_selected;
    QList<api::Refund> m_refunds;
    std::optional<Problem> m_problem;
    QTimer m_again; // refunds that are not decided yet
};
