#include "shared/ui/ticket/ticket_list_view_model.h"

#include "shared/core/search_words.h"
#include "shared/ui/icon.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/words.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace {

using Summary = api::TicketSummary;

bool isActive(api::TicketState state)
{
    return state != api::TicketState::completed && state != api::TicketState::closed
        && state != api::TicketState::cancelled;
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
QList<TicketListModel::Column> columns()
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
    , m_model(columns())
{
    push.on<api::TicketChanged>(this, [this](const api::TicketChanged &change) { onChange(change); });
    connect(&push, &PushChannel::gap, this, &TicketListViewModel::reload);
    connect(&push, &PushChannel::opened, this, [this] {
        if (m_problem)
            reload();
    });
    auto *minute = new QTimer(this);
    // How long ago things were changes by itself.
    connect(minute, &QTimer::timeout, this, [this] { m_model.touch(m_first, m_last); });
    minute->start(std::chrono::minutes(1));
    reload();
}

TicketListViewModel::~TicketListViewModel() = default;

std::optional<int> TicketListViewModel::total() const
{
    return m_isLaidOut ? std::optional(m_model.rowCount()) : std::nullopt;
}

void TicketListViewModel::setFilter(const Filter &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    m_isLaidOut = false;
    m_first = m_last = 0;
    m_model.clear();
    reload();
}

// Loading --------------------------------------------------------------------

// The newest ones and how many there are come one after the other: what is looked at first is there first,
// and what happens between the two answers is known to be newer than both.
void TicketListViewModel::reload()
{
    ++m_generation;
    m_meanwhile.clear();
    m_newest.clear();
    m_isLoading = true;
    m_isFetching = false;
    loadNewest();
    emit changed();
}

api::TicketQuery TicketListViewModel::query() const
{
    api::TicketQuery query;
    if (m_filter.scope == Filter::Scope::active)
        query.active = true;
    if (m_filter.scope == Filter::Scope::one)
        query.state = m_filter.state;
    if (const auto text = Text<0, 100>::parse(m_filter.text.left(100)); text && !text->toString().isEmpty())
        query.q = *text;
    query.limit = api::PageLimit { api::TicketLadder::step };
    return query;
}

void TicketListViewModel::loadNewest()
{
    m_api.call<api::ticket::List>(query()).then(
        this,
        [this, generation = m_generation](const Result<api::Page<Summary>> &page) {
            if (generation != m_generation)
                return;
            if (!page)
                return fail(page.error());
            m_newest = page->items;
            if (m_model.rowCount() == 0)
                m_model.begin(m_newest);
            if (page->nextCursor)
                loadLadder();
            else
                onLadder(api::TicketLadder { m_newest.size(), {} });
            emit changed();
        }
    );
}

void TicketListViewModel::loadLadder()
{
    const api::TicketQuery wanted = query();
    m_api
        .call<api::ticket::Ladder>(api::TicketLadderQuery {
            wanted.state, wanted.active, wanted.region, wanted.q })
        .then(this, [this, generation = m_generation](const Result<api::TicketLadder> &ladder) {
            if (generation == m_generation)
                onLadder(ladder);
        });
}

void TicketListViewModel::onLadder(const Result<api::TicketLadder> &ladder)
{
    if (!ladder)
        return fail(ladder.error());
    m_isLoading = false;
    m_isLaidOut = true;
    m_problem.reset();
    m_model.layOut(ladder->total, ladder->ends, std::exchange(m_newest, {}));
    catchUp();
    emit changed();
    fetchMissing();
}

void TicketListViewModel::fail(const Problem &problem)
{
    m_isLoading = false;
    m_isFetching = false;
    m_problem = problem;
    emit changed();
}

void TicketListViewModel::show(int first, int last)
{
    m_first = first;
    m_last = last;
    m_model.forgetFarFrom(first, last);
    fetchMissing();
}

void TicketListViewModel::fetchMissing()
{
    if (!m_isLaidOut || m_isLoading || m_isFetching)
        return;
    if (const auto stretch = m_model.missing(m_first, m_last)) {
        m_isFetching = true;
        fetch({ *stretch, {} });
    }
}

void TicketListViewModel::fetch(const Fetching &fetching)
{
    api::TicketQuery wanted = query();
    wanted.before = fetching.rows.isEmpty() ? fetching.stretch.after : std::optional(fetching.rows.last().id);
    m_api.call<api::ticket::List>(wanted).then(
        this,
        [this, fetching, generation = m_generation](const Result<api::Page<Summary>> &page) {
            if (generation == m_generation)
                onFetched(fetching, page);
        }
    );
}

void TicketListViewModel::onFetched(Fetching fetching, const Result<api::Page<Summary>> &page)
{
    if (!page)
        return fail(page.error());
    const std::optional<api::TicketId> &end = fetching.stretch.end;
    bool isWhole = !page->nextCursor;
    for (const Summary &ticket : page->items) {
        if (end && ticket.id < *end) {
            isWhole = true;
            break;
        }
        fetching.rows += ticket;
        isWhole = isWhole || ticket.id == end;
    }
    // Where more have been filed or come back than there were when the ladder was read, there is another
    // page.
    if (!isWhole)
        return fetch(fetching);
    m_isFetching = false;
    m_model.fill(fetching.stretch.place, fetching.rows);
    catchUp();
    emit changed();
    fetchMissing();
}

// Live -----------------------------------------------------------------------

void TicketListViewModel::onChange(const api::TicketChanged &change)
{
    // What is under way may have been read before this happened, or after.
    if (m_isLoading || m_isFetching)
        m_meanwhile += change;
    apply(change);
    emit changed();
}

// Has what was read tell what happened while it was. What happened to rows that are not here is in their
// number already, whichever came first.
void TicketListViewModel::catchUp()
{
    for (const api::TicketChanged &change : std::exchange(m_meanwhile, {})) {
        if (m_model.holdsPlaceOf(change.ticket.id))
            apply(change);
    }
}

void TicketListViewModel::apply(const api::TicketChanged &change)
{
    const Summary &ticket = change.ticket;
    const bool isIn = fits(ticket.state);
    if (const std::optional<int> row = m_model.rowOf(ticket.id)) {
        if (m_model.at(*row)->version >= ticket.version)
            return;
        if (isIn)
            return m_model.replace(ticket);
        return m_model.remove(ticket.id);
    }
    if (!fitsWords(ticket))
        return;
    // Where the rows are here they say whether it was among them, elsewhere its state before does.
    const bool isHere = m_model.holdsPlaceOf(ticket.id);
    const bool wasIn = !isHere && change.from && fits(*change.from);
    if (isIn && !wasIn)
        m_model.insert(ticket);
    if (wasIn && !isIn)
        m_model.remove(ticket.id);
}

bool TicketListViewModel::fits(api::TicketState state) const
{
    switch (m_filter.scope) {
    case Filter::Scope::active:
        return isActive(state);
    case Filter::Scope::all:
        return true;
    case Filter::Scope::one:
        return state == m_filter.state;
    }
    return false;
}

// As far as a row tells: the server looks into the description too.
bool TicketListViewModel::fitsWords(const Summary &ticket) const
{
    static const QRegularExpression numberShape(
        u"^(?:T-)?([0-9]+)$"_s, QRegularExpression::CaseInsensitiveOption
    );
    if (const auto number = numberShape.match(m_filter.text); number.hasMatch())
        return ticket.number == u"T-"_s + number.captured(1);
    const QString said
        = QStringList { ticket.subject, ticket.productName, ticket.contactName, ticket.city, ticket.zip }
              .join(u' ');
    return search_words::match(search_words::of(said), search_words::of(m_filter.text));
}
