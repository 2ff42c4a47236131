#include "manager-client/features/customer/customer_view_model.h"

#include "manager-client/features/customer/invoice_columns.h"

using namespace std::chrono_literals;

namespace {

constexpr auto firstLook = 500ms; // the vendor answers within seconds …
constexpr auto lastLook = 16s; // … or is in trouble

api::AccountRef toRef(const api::AccountId &id)
{
    return { id };
}

} // namespace

bool InvoiceLine::operator==(const InvoiceLine &other) const
{
    return id == other.id && invoice.state == other.invoice.state
        && invoice.refunded == other.invoice.refunded && invoice.trouble == other.invoice.trouble;
}

CustomerViewModel::CustomerViewModel(ApiClient &api, PushChannel &push, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_invoices(&InvoiceLine::id, invoiceColumns())
{
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, [this] {
        m_again.setInterval(std::min<std::chrono::milliseconds>(m_again.intervalAsDuration() * 2, lastLook));
        loadRefunds();
    });
    connect(&push, &PushChannel::gap, this, &CustomerViewModel::reload);
    connect(&push, &PushChannel::opened, this, [this] {
        if (m_problem)
            reload();
    });
}

void CustomerViewModel::open(const api::AccountId &id)
{
    if (m_id == id)
        return reload();
    m_id = id;
    m_account.reset();
    m_plans.reset();
    m_usage.clear();
    m_devices.reset();
    m_standing.reset();
    m_hasInvoices = false;
    m_nextCursor.reset();
    m_invoices.merge({});
    select({});
    reload();
}

// Drops what comes for somebody who is no longer shown.
template <class Endpoint, class Params>
void CustomerViewModel::load(
    const Params &params, std::function<void(const typename Endpoint::Answer &)> take
)
{
    m_api.call<Endpoint>(params).then(
        this,
        [this, id = m_id, take = std::move(take)](const Result<typename Endpoint::Answer> &answer) {
            if (m_id != id)
                return;
            if (answer)
                take(*answer);
            else
                m_problem = answer.error();
            emit changed();
        }
    );
}

void CustomerViewModel::reload()
{
    if (!m_id)
        return;
    m_problem.reset();
    load<api::customer::Fetch>(toRef(*m_id), [this](const api::Account &account) { m_account = account; });
    load<api::customer::Subscriptions>(toRef(*m_id), [this](const api::Items<api::Subscription> &plans) {
        m_plans = plans.items;
    });
    load<api::customer::FetchUsage>(toRef(*m_id), [this](const api::Items<api::PlanUsage> &usage) {
        m_usage = usage.items;
    });
    load<api::device::List>(api::DeviceQuery { *m_id, {} }, [this](const api::Items<api::Device> &devices) {
        m_devices = devices.items;
    });
    load<api::customer::FetchStanding>(toRef(*m_id), [this](const api::CustomerStanding &standing) {
        m_standing = standing;
    });
    loadInvoices({});
    loadRefunds();
    emit changed();
}

void CustomerViewModel::loadMore()
{
    if (m_nextCursor)
        loadInvoices(std::exchange(m_nextCursor, std::nullopt));
}

void CustomerViewModel::loadInvoices(const std::optional<QString> &cursor)
{
    api::InvoiceQuery query { *m_id, api::PageLimit { 20 }, {} };
    if (cursor)
        query.cursor = api::Cursor::parse(*cursor).value_or(api::Cursor());
    load<api::billing::Invoices>(query, [this, isFirst = !cursor](const api::Page<api::Invoice> &page) {
        takeInvoices(page, isFirst);
    });
}

void CustomerViewModel::takeInvoices(const api::Page<api::Invoice> &page, bool isFirst)
{
    QList<InvoiceLine> lines = isFirst ? QList<InvoiceLine>() : m_invoices.rows();
    for (const api::Invoice &each : page.items) {
        if (std::ranges::find(lines, each.id, &InvoiceLine::id) == lines.end())
            lines += { each.id, each };
    }
    m_hasInvoices = true;
    m_nextCursor = page.nextCursor;
    m_invoices.merge(lines);
}

void CustomerViewModel::select(const std::optional<api::InvoiceId> &invoice)
{
    if (std::exchange(m_selected, invoice) == invoice)
        return;
    m_refunds.clear();
    m_again.stop();
    loadRefunds();
    emit changed();
}

std::optional<api::Invoice> CustomerViewModel::invoice() const
{
    const std::optional<int> row = m_selected ? m_invoices.rowOf(*m_selected) : std::nullopt;
    return row ? std::optional(m_invoices.at(*row).invoice) : std::nullopt;
}

void CustomerViewModel::loadRefunds()
{
    if (!m_selected)
        return;
    load<api::billing::Refunds>(
        api::InvoiceRef { *m_selected },
        [this, asked = *m_selected](const api::Items<api::Refund> &refunds) {
            if (m_selected == asked)
                takeRefunds(refunds.items);
        }
    );
}

void CustomerViewModel::takeRefunds(const QList<api::Refund> &refunds)
{
    const QList<api::Refund> before = std::exchange(m_refunds, refunds);
    bool isOneUnderWay = false;
    for (const api::Refund &refund : m_refunds) {
        if (refund.state == api::RefundState::asked) {
            isOneUnderWay = true;
            continue;
        }
        const auto known = std::ranges::find(before, refund.id, &api::Refund::id);
        if (known == before.end() || known->state != api::RefundState::asked)
            continue;
        loadInvoices({});
        emit refundDecided(refund);
    }
    if (!isOneUnderWay)
        return m_again.stop();
    if (!m_again.isActive())
        m_again.start();
}

void CustomerViewModel::giveBack(
    const api::InvoiceId &invoice, const api::NewRefund &refund, const QByteArray &key
)
{
    m_api
        .call<api::billing::GiveBack>(
            api::InvoiceRef { invoice }, refund, CallOptions { .idempotencyKey = key }
        )
        .then(this, [this, id = m_id](const Result<api::Refund> &asked) {
            if (!asked)
                return emit refundNotAsked(asked.error());
            emit refundAsked();
            if (m_id != id || m_selected != asked->invoiceId)
                return;
            m_refunds.removeIf([&](const api::Refund &each) { return each.id == asked->id; });
            m_refunds.append(*asked);
            m_again.start(firstLook);
            loadInvoices({});
            emit changed();
        });
}

Reply<api::File> CustomerViewModel::print(const api::InvoiceId &invoice)
{
    return m_api.call<api::billing::PrintInvoice>(api::InvoiceRef { invoice });
}

Reply<api::File> CustomerViewModel::print(const api::RefundId &refund)
{
    return m_api.call<api::billing::PrintCreditNote>(api::RefundRef { refund });
}

Reply<api::File> CustomerViewModel::print(const api::AccountId &customer, int year)
{
    const auto begin = [](int of) {
        return Instant(std::chrono::milliseconds(QDate(of, 1, 1).startOfDay().toMSecsSinceEpoch()));
    };
    return m_api.call<api::billing::PrintStatement>(api::StatementQuery {
        customer, begin(year), begin(year + 1), {} });
}
