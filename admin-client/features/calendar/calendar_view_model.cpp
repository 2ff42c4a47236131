#include "admin-client/features/calendar/calendar_view_model.h"

using namespace Qt::StringLiterals;

CalendarViewModel::CalendarViewModel(ApiClient &api, QObject *parent)
    : QObject(parent)
    , m_api(api)
{
    reload();
}

void CalendarViewModel::reload()
{
    if (m_isLoading)
        return;
    m_isLoading = true;
    m_api.call<api::sla::Calendars>().then(this, [this](Result<api::Items<api::Calendar>> calendars) {
        m_isLoading = false;
        m_problem = calendars ? std::nullopt : std::optional(calendars.error());
        if (calendars) {
            m_calendars = std::move(calendars->items);
            if (!calendar() && !m_calendars.isEmpty())
                m_region = m_calendars.constFirst().region;
        }
        if (calendars && !draft())
            emit opened();
        emit changed();
    });
}

void CalendarViewModel::open(const QString &region)
{
    if (m_region == region)
        return;
    m_region = region;
    emit opened();
    emit changed();
}

const api::Calendar *CalendarViewModel::calendar() const
{
    const auto found = std::ranges::find(m_calendars, m_region, &api::Calendar::region);
    return found == m_calendars.end() ? nullptr : &*found;
}

const CalendarViewModel::Draft *CalendarViewModel::draft() const
{
    const auto found = m_drafts.constFind(m_region);
    return found == m_drafts.constEnd() ? nullptr : &*found;
}

api::CalendarContent CalendarViewModel::content() const
{
    if (const Draft *mine = draft())
        return mine->content;
    return calendar() ? calendar()->content : api::CalendarContent();
}

void CalendarViewModel::edit(const api::CalendarContent &content)
{
    if (!calendar())
        return;
    if (Draft mine = m_drafts.value(m_region, { {}, calendar()->version, {} });
        json::encode(content) != json::encode(calendar()->content) || mine.conflict) {
        mine.content = content;
        m_drafts.insert(m_region, mine);
    } else {
        m_drafts.remove(m_region); // back to what it was
    }
    emit changed();
}

void CalendarViewModel::discard()
{
    m_drafts.remove(m_region);
    emit opened();
    emit changed();
}

void CalendarViewModel::countTickets()
{
    api::TicketQuery query;
    query.active = true;
    query.limit = api::PageLimit { 1 };
    const auto region = api::Slug::parse(m_region);
    if (!region)
        return;
    query.region = *region;
    m_api.call<api::ticket::List>(query).then(
        this,
        [this](const Result<api::Page<api::TicketSummary>> &page) {
            emit counted(page ? page->total : std::nullopt);
        }
    );
}

void CalendarViewModel::save()
{
    const Draft *mine = draft();
    const auto region = api::Slug::parse(m_region);
    if (!mine || !region || m_isSaving)
        return;
    m_isSaving = true;
    emit changed();
    m_api
        .call<api::sla::EditCalendar>(
            api::CalendarRef { *region }, mine->content, CallOptions { .ifMatch = mine->version }
        )
        .then(this, [this, name = m_region](const Result<api::Calendar> &calendar) {
            onSaved(name, calendar);
        });
}

void CalendarViewModel::onSaved(const QString &region, const Result<api::Calendar> &calendar)
{
    m_isSaving = false;
    if (calendar) {
        m_drafts.remove(region);
        adopt(*calendar);
        emit opened();
        emit changed();
        return emit saved(*calendar);
    }
    const auto current = json::fromJson<api::Calendar>(calendar.error().extension.value("current"_L1));
    if (calendar.error().kind == ProblemKind::stale && current && m_drafts.contains(region))
        m_drafts[region].conflict = *current;
    emit changed();
    emit refused(calendar.error());
}

void CalendarViewModel::adopt(const api::Calendar &calendar)
{
    const auto known = std::ranges::find(m_calendars, calendar.region, &api::Calendar::region);
    if (known != m_calendars.end())
        *known = calendar;
}

const std::optional<api::Calendar> &CalendarViewModel::conflict() const
{
    static const std::optional<api::Calendar> none;
    return draft() ? draft()->conflict : none;
}

void CalendarViewModel::takeTheirs()
{
    if (!conflict())
        return;
    adopt(*conflict());
    discard();
}

void CalendarViewModel::keepMine()
{
    if (!conflict())
        return;
    Draft &mine = m_drafts[m_region];
    adopt(*mine.conflict);
    mine.version = mine.conflict->version;
    mine.conflict.reset();
    emit changed();
}
