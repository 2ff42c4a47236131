#pragma once

#include "shared/api/billing.h"
#include "shared/client/api_client.h"

// What an administrator enters of a plan: its next version, or a plan that is not on sale yet.
struct PlanDraft
{
    api::NewPlan plan;
    std::optional<Instant> from; // at once unless told
};
[[nodiscard]] bool isSame(PlanDraft a, PlanDraft b);

// For whom a price is previewed.
struct PreviewedCustomer
{
    QString usState;
    QString zip; // empty: none
    std::optional<api::PlanId> before;
    int usedDays = 0;
};

// The plans with their versions, and what is changed of them and not saved yet.
class PlanViewModel : public QObject
{
    Q_OBJECT
public:
    explicit PlanViewModel(ApiClient &api, QObject *parent = nullptr);

    void reload();
    [[nodiscard]] bool isLoaded() const { return m_isLoaded; }
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; } // of loading
    [[nodiscard]] const QList<api::PlanHistory> &plans() const { return m_plans; }
    [[nodiscard]] const QList<api::Category> &categories() const { return m_categories; }

    void open(api::PlanId id);
    void begin(); // a new plan
    [[nodiscard]] const api::PlanHistory *plan() const; // the open one; null: a new one
    [[nodiscard]] PlanDraft content() const; // with what is not saved yet
    void edit(const PlanDraft &content);
    [[nodiscard]] bool isChanged(api::PlanId id) const { return m_drafts.contains(id); }
    [[nodiscard]] bool isChanged() const { return isChanged(m_open); }
    void discard();

    void save();
    [[nodiscard]] bool isSaving() const { return m_isSaving; }
    // What somebody else saved while this plan was being edited.
    [[nodiscard]] const std::optional<api::PlanHistory> &conflict() const;
    void takeTheirs();
    void keepMine(); // the next save() goes over theirs
    void withdraw(); // the open plan from sale

    // What this customer would pay for what is entered: the answer comes by previewed() or previewFailed().
    void preview(const PreviewedCustomer &customer);

signals:
    void changed();
    void opened(); // another content than the one that was edited here
    void saved(const QString &name);
    void withdrawn(const QString &name);
    void refused(const Problem &problem);
    void previewed(const api::PlanPreview &preview);
    void previewFailed(const Problem &problem);

private:
    struct Draft
    {
        PlanDraft content;
        int version = 0; // of the plan that it began with
        std::optional<api::PlanHistory> conflict {};
    };

    [[nodiscard]] PlanDraft stored() const;
    void adopt(const api::PlanHistory &plan);
    void onSaved(api::PlanId id, const Result<api::PlanHistory> &plan);

    ApiClient &m_api;
    QList<api::PlanHistory> m_plans;
    QList<api::Category> m_categories;
    api::PlanId m_open; // null: a new one
    QHash<api::PlanId, Draft> m_drafts;
    std::optional<Problem> m_problem;
    bool m_isLoading = false;
    bool m_isLoaded = false;
    bool m_isSaving = false;
    int m_previews = 0; // asked for so far: only the last one's answer counts
};
