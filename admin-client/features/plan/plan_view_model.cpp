#include "admin-client/features/plan/plan_view_model.h"

using namespace Qt::StringLiterals;

namespace {

PlanDraft draftOf(const api::PlanHistory &history)
{
    const api::Plan &plan = history.versions.last().plan;
    PlanDraft draft;
    draft.plan.slug = api::Slug::parse(history.slug).value_or(api::Slug());
    draft.plan.period = plan.period;
    api::PlanTermsDraft &terms = draft.plan.terms;
    terms.name = decltype(terms.name)::parse(plan.name).value_or(decltype(terms.name)());
    terms.description
        = decltype(terms.description)::parse(plan.description).value_or(decltype(terms.description)());
    terms.priceMinor = { static_cast<int>(plan.price.minor) };
    for (const QString &category : plan.categories)
        terms.categories += api::Slug::parse(category).value_or(api::Slug());
    terms.visitsPerYear = { plan.visitsPerYear };
    terms.assignMinutes = { plan.sla.assign };
    terms.acceptMinutes = { plan.sla.accept };
    terms.arriveMinutes = { plan.sla.arrive };
    terms.resolveMinutes = { plan.sla.resolve };
    terms.counting = plan.sla.counting;
    terms.priority = plan.priority;
    return draft;
}

// What a new plan begins with: the promises most plans make.
PlanDraft fresh()
{
    PlanDraft draft;
    draft.plan.terms.assignMinutes = { 15 };
    draft.plan.terms.acceptMinutes = { 30 };
    draft.plan.terms.arriveMinutes = { 240 };
    draft.plan.terms.resolveMinutes = { 480 };
    return draft;
}

} // namespace

bool isSame(PlanDraft a, PlanDraft b)
{
    for (PlanDraft *each : { &a, &b }) // in what order the kinds of products stand says nothing
        std::ranges::sort(each->plan.terms.categories, {}, &api::Slug::toString);
    return a.from == b.from && json::encode(a.plan) == json::encode(b.plan);
}

PlanViewModel::PlanViewModel(ApiClient &api, QObject *parent)
    : QObject(parent)
    , m_api(api)
{
    reload();
}

void PlanViewModel::reload()
{
    if (m_isLoading)
        return;
    m_isLoading = true;
    m_api.call<api::catalog::Categories>().then(
        this,
        [this](const Result<api::Items<api::Category>> &categories) {
            if (categories)
                m_categories = categories->items;
            emit opened();
        }
    );
    m_api.call<api::catalog::PlanHistories>().then(
        this,
        [this](const Result<api::Items<api::PlanHistory>> &plans) {
            m_isLoading = false;
            m_problem = plans ? std::nullopt : std::optional(plans.error());
            if (plans) {
                m_plans = plans->items;
                if (!m_isLoaded && !m_plans.isEmpty())
                    m_open = m_plans.first().id;
                m_isLoaded = true;
            }
            if (plans && !isChanged())
                emit opened();
            emit changed();
        }
    );
}

void PlanViewModel::open(api::PlanId id)
{
    m_open = id;
    emit opened();
    emit changed();
}

void PlanViewModel::begin()
{
    open({});
}

const api::PlanHistory *PlanViewModel::plan() const
{
    const auto found = std::ranges::find(m_plans, m_open, &api::PlanHistory::id);
    return found == m_plans.end() ? nullptr : &*found;
}

PlanDraft PlanViewModel::stored() const
{
    return plan() ? draftOf(*plan()) : fresh();
}

PlanDraft PlanViewModel::content() const
{
    const auto mine = m_drafts.constFind(m_open);
    return mine == m_drafts.cend() ? stored() : mine->content;
}

void PlanViewModel::edit(const PlanDraft &content)
{
    Draft mine = m_drafts.value(m_open, { {}, plan() ? plan()->version : 0 });
    if (isSame(content, stored()) && !mine.conflict) {
        m_drafts.remove(m_open); // back to what it was
    } else {
        mine.content = content;
        m_drafts.insert(m_open, mine);
    }
    emit changed();
}

void PlanViewModel::discard()
{
    m_drafts.remove(m_open);
    emit opened();
    emit changed();
}

void PlanViewModel::save()
{
    if (!isChanged() || m_isSaving)
        return;
    m_isSaving = true;
    emit changed();
    const Draft mine = m_drafts.value(m_open);
    const auto done = [this, id = m_open](const Result<api::PlanHistory> &plan) { onSaved(id, plan); };
    if (!plan()) {
        m_api.call<api::catalog::CreatePlan>(mine.content.plan).then(this, done);
        return;
    }
    m_api
        .call<api::catalog::ChangePlan>(
            api::PlanRef { m_open },
            api::PlanChange { mine.content.from, mine.content.plan.terms },
            CallOptions { .ifMatch = mine.version }
        )
        .then(this, done);
}

void PlanViewModel::onSaved(api::PlanId id, const Result<api::PlanHistory> &plan)
{
    m_isSaving = false;
    if (plan) {
        m_drafts.remove(id);
        adopt(*plan);
        if (m_open == id)
            m_open = plan->id;
        emit opened();
        emit changed();
        return emit saved(plan->versions.last().plan.name);
    }
    const auto current = json::fromJson<api::PlanHistory>(plan.error().extension.value("current"_L1));
    if (plan.error().kind == ProblemKind::stale && current && m_drafts.contains(id))
        m_drafts[id].conflict = *current;
    emit changed();
    emit refused(plan.error());
}

void PlanViewModel::adopt(const api::PlanHistory &plan)
{
    const auto known = std::ranges::find(m_plans, plan.id, &api::PlanHistory::id);
    if (known != m_plans.end())
        *known = plan;
    else
        m_plans.append(plan);
}

const std::optional<api::PlanHistory> &PlanViewModel::conflict() const
{
    static const std::optional<api::PlanHistory> none;
    const auto mine = m_drafts.constFind(m_open);
    return mine == m_drafts.cend() ? none : mine->conflict;
}

void PlanViewModel::takeTheirs()
{
    if (!conflict())
        return;
    adopt(*conflict());
    discard();
}

void PlanViewModel::keepMine()
{
    if (!conflict())
        return;
    Draft &mine = m_drafts[m_open];
    adopt(*mine.conflict);
    mine.version = mine.conflict->version;
    mine.conflict.reset();
    emit changed();
}

void PlanViewModel::withdraw()
{
    if (!plan())
        return;
    m_api.call<api::catalog::WithdrawPlan>(api::PlanRef { m_open })
        .then(this, [this](const Result<api::PlanHistory> &plan) {
            if (!plan)
                return emit refused(plan.error());
            adopt(*plan);
            emit changed();
            emit withdrawn(plan->versions.last().plan.name);
        });
}

void PlanViewModel::preview(const PreviewedCustomer &customer)
{
    const PlanDraft draft = content();
    api::PlanPreviewQuery query;
    query.planId = plan() ? std::optional(m_open) : std::nullopt;
    query.name = draft.plan.terms.name;
    query.priceMinor = draft.plan.terms.priceMinor;
    query.period = draft.plan.period;
    query.from = draft.from;
    query.usState = decltype(query.usState)::parse(customer.usState).value_or(decltype(query.usState)());
    if (const auto zip = ZipCode::parse(customer.zip))
        query.zip = *zip;
    query.before = customer.before;
    query.usedDays = { customer.usedDays };
    m_api.call<api::billing::PreviewPlan>(query).then(
        this,
        [this, number = ++m_previews](const Result<api::PlanPreview> &preview) {
            if (number != m_previews)
                return;
            if (preview)
                emit previewed(*preview);
            else
                emit previewFailed(preview.error());
        }
    );
}
