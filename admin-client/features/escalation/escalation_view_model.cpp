#include "admin-client/features/escalation/escalation_view_model.h"

using namespace Qt::StringLiterals;

EscalationViewModel::EscalationViewModel(ApiClient &api, QObject *parent)
    : QObject(parent)
    , m_api(api)
{
    reload();
}

void EscalationViewModel::reload()
{
    if (m_isLoading)
        return;
    m_isLoading = true;
    m_api.call<api::sla::Rules>().then(this, [this](const Result<api::EscalationRules> &rules) {
        m_isLoading = false;
        m_problem = rules ? std::nullopt : std::optional(rules.error());
        if (rules)
            m_rules = *rules;
        if (rules && !m_draft)
            emit opened();
        emit changed();
    });
}

api::EscalationPolicy EscalationViewModel::policy() const
{
    return m_draft ? *m_draft : m_rules ? m_rules->policy : api::EscalationPolicy();
}

void EscalationViewModel::edit(const api::EscalationPolicy &policy)
{
    if (!m_rules)
        return;
    if (!m_draft)
        m_version = m_rules->version;
    const bool isAsBefore = json::encode(policy) == json::encode(m_rules->policy) && !m_conflict;
    m_draft = isAsBefore ? std::nullopt : std::optional(policy);
    emit changed();
}

void EscalationViewModel::discard()
{
    m_draft.reset();
    m_conflict.reset();
    emit opened();
    emit changed();
}

void EscalationViewModel::countTickets()
{
    api::TicketQuery query;
    query.active = true;
    query.limit = api::PageLimit { 1 };
    m_api.call<api::ticket::List>(query).then(
        this,
        [this](const Result<api::Page<api::TicketSummary>> &page) {
            emit counted(page ? page->total : std::nullopt);
        }
    );
}

void EscalationViewModel::save()
{
    if (!m_draft || m_isSaving)
        return;
    m_isSaving = true;
    emit changed();
    m_api.call<api::sla::EditRules>(*m_draft, CallOptions { .ifMatch = m_version })
        .then(this, [this](const Result<api::EscalationRules> &rules) { onSaved(rules); });
}

void EscalationViewModel::onSaved(const Result<api::EscalationRules> &rules)
{
    m_isSaving = false;
    if (rules) {
        m_rules = *rules;
        discard();
        return emit saved();
    }
    const auto current = json::fromJson<api::EscalationRules>(rules.error().extension.value("current"_L1));
    if (rules.error().kind == ProblemKind::stale && current)
        m_conflict = *current;
    emit changed();
    emit refused(rules.error());
}

void EscalationViewModel::takeTheirs()
{
    if (!m_conflict)
        return;
    m_rules = *m_conflict;
    discard();
}

void EscalationViewModel::keepMine()
{
    if (!m_conflict)
        return;
    m_rules = *std::exchange(m_conflict, std::nullopt);
    m_version = m_rules->version;
    emit changed();
}
