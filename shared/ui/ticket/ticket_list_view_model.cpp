#include "shared/ui/ticket/ticket_list_view_model.h"

#include "shared/ui/icon.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/words.h"

using namespace Qt::StringLiterals;

namespace {

using Summary = api::TicketSummary;

bool isActive(api::TicketState state)
{
    return state != api::TicketState::completed && state != api::TicketState::closed
        && state != api::TicketState::cancelled;
}

// Ids are made in the order of time, and the server sorts by them.
bool isNewer(const Summary &a, const Summary &b)
{
    return b.id < a.id;
}

QVariant stateIcon(const Summary &ticket)
{
    const ChipWords chip = words::standing(ticket);
    return icon(chip.icon, chip.tone);
}

QVariant stateHint(const Summary &ticket)
{
    return ticket.paused ? u"%1\n%2"_s.arg(words::of(*ticket.paused).label, words::of(ticket.state).label)
                         : QString();
}

QString levelText(const Summary &ticket)
{
    return words::escalation(ticket.escalation.value_or(0)).label;
}

QVariant levelIcon(const Summary &ticket)
{
    const ChipWords chip = words::escalation(ticket.escalation.value_or(0));
    return chip.icon.isEmpty() ? QVariant() : icon(chip.icon, chip.tone);
}

QVariant priorityIcon(const Summary &ticket)
{
    const ChipWords chip = words::of(ticket.priority);
    return chip.icon.isEmpty() ? QVariant() : icon(chip.icon, chip.tone);
}

QVariant expertText(const Summary &ticket)
{
    return ticket.expert    ? ticket.expert->name
        : ticket.waitingFor ? TicketListViewModel::tr("Waiting")
                            : QString(u'–');
}

// In the order of TicketListViewModel::Column.
QList<TicketListViewModel::Model::Column> columns()
{
    return {
        { TicketListViewModel::tr("Number"),
          [](const Summary &t) { return t.number; },
          levelIcon,
          [](const Summary &t) { return levelText(t); },
          [](const Summary &t) {
              return t.escalation ? u"%1, %2"_s.arg(t.number, levelText(t)) : t.number;
          } },
        { TicketListViewModel::tr("State"),
          [](const Summary &t) { return words::standing(t).label; },
          stateIcon,
          stateHint },
        { TicketListViewModel::tr("Subject"),
          [](const Summary &t) { return t.subject; },
          {},
          [](const Summary &t) { return t.subject; } },
        { TicketListViewModel::tr("Expert"),
          expertText,
          {},
          [](const Summary &t) { return t.waitingFor.value_or(QString()); } },
        { TicketListViewModel::tr("Priority"),
          [](const Summary &t) { return words::of(t.priority).label; },
          priorityIcon },
        { TicketListViewModel::tr("Customer"), [](const Summary &t) { return t.contactName; } },
        { TicketListViewModel::tr("Place"), [](const Summary &t) { return u"%1 %2"_s.arg(t.city, t.zip); } },
        { TicketListViewModel::tr("Filed"),
          [](const Summary &t) { return relativeTime(t.createdAt); },
          {},
          [](const Summary &t) { return absoluteTime(t.createdAt); } },
    };
}

} // namespace

TicketListViewModel::TicketListViewModel(ApiClient &api, PushChannel &push, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_model(std::make_unique<Model>(&Summary::id, columns()))
{
    push.on<api::TicketChanged>(this, [this](const api::TicketChanged &change) { onChange(change); });
    connect(&push, &PushChannel::gap, this, &TicketListViewModel::reload);
    connect(&push, &PushChannel::opened, this, [this] {
        if (m_problem)
            reload();
    });
    auto *minute = new QTimer(this);
    connect(minute, &QTimer::timeout, this, &TicketListViewModel::touch);
    minute->start(std::chrono::minutes(1));
    reload();
}

TicketListViewModel::~TicketListViewModel() = default;

void TicketListViewModel::setFilter(const Filter &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    m_model->merge({});
    reload();
}

void TicketListViewModel::reload()
{
    ++m_generation;
    m_meanwhile.clear();
    load(std::nullopt);
}

void TicketListViewModel::loadMore()
{
    if (!m_isLoading && m_nextCursor)
        load(m_nextCursor);
}

void TicketListViewModel::load(const std::optional<QString> &cursor)
{
    api::TicketQuery query;
    if (m_filter.scope == Filter::Scope::active)
        query.active = true;
    if (m_filter.scope == Filter::Scope::one)
        query.state = m_filter.state;
    if (const auto text = Text<0, 100>::parse(m_filter.text.left(100)); text && !text->toString().isEmpty())
        query.q = *text;
    if (cursor)
        query.cursor = api::Cursor::parse(*cursor).value_or(api::Cursor());
    m_isLoading = true;
    m_api.call<api::ticket::List>(query).then(
        this,
        [this, generation = m_generation, isFirst = !cursor](const Result<api::Page<Summary>> &page) {
            if (generation == m_generation)
                onPage(page, isFirst);
        }
    );
    emit changed();
}

void TicketListViewModel::onPage(const Result<api::Page<Summary>> &page, bool isFirst)
{
    m_isLoading = false;
    m_problem = page ? std::nullopt : std::optional(page.error());
    if (page) {
        m_nextCursor = page->nextCursor;
        QList<Summary> rows = isFirst ? QList<Summary>() : m_model->rows();
        for (const Summary &ticket : page->items) {
            const auto known = std::ranges::find(rows, ticket.id, &Summary::id);
            if (known == rows.end())
                rows += ticket;
        }
        m_model->merge(rows);
        if (isFirst)
            m_total = page->total;
        for (const Summary &ticket : std::exchange(m_meanwhile, {}))
            onChange({ ticket, {}, {}, {} });
    }
    emit changed();
}

void TicketListViewModel::onChange(const api::TicketChanged &change)
{
    const Summary &ticket = change.ticket;
    if (m_isLoading)
        m_meanwhile += ticket; // the page under way may have been read before this happened
    QList<Summary> rows = m_model->rows();
    const auto known = std::ranges::find(rows, ticket.id, &Summary::id);
    const bool isKnown = known != rows.end();
    if (isKnown && known->version >= ticket.version)
        return;
    if (isKnown)
        rows.erase(known);
    const bool belongs = fits(ticket) && (isKnown || isLoadedYet(ticket));
    if (belongs)
        rows.insert(std::ranges::lower_bound(rows, ticket, isNewer), ticket);
    m_model->merge(rows);
    if (m_total)
        m_total = *m_total + (belongs ? 1 : 0) - (isKnown ? 1 : 0);
    emit changed();
}

void TicketListViewModel::touch()
{
    if (const int rows = m_model->rowCount(); rows > 0)
        m_model->changed(0, rows - 1);
}

bool TicketListViewModel::fits(const Summary &ticket) const
{
    if (m_filter.scope == Filter::Scope::active && !isActive(ticket.state))
        return false;
    if (m_filter.scope == Filter::Scope::one && ticket.state != m_filter.state)
        return false;
    const auto holds
        = [&](const QString &field) { return field.contains(m_filter.text, Qt::CaseInsensitive); };
    return m_filter.text.isEmpty() || holds(ticket.number) || holds(ticket.subject)
        || holds(ticket.contactName) || holds(ticket.productName);
}

// A row that lies behind the last one loaded comes with its page.
bool TicketListViewModel::isLoadedYet(const Summary &ticket) const
{
    return !m_nextCursor || m_model->rows().isEmpty() || isNewer(ticket, m_model->rows().last());
}
