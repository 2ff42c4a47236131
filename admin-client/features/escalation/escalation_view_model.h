#pragma once

#include "shared/api/sla.h"
#include "shared/client/api_client.h"

// The escalation rules, and what is changed of them and not saved yet.
class EscalationViewModel : public QObject
{
    Q_OBJECT
public:
    explicit EscalationViewModel(ApiClient &api, QObject *parent = nullptr);

    void reload();

    [[nodiscard]] const std::optional<api::EscalationRules> &rules() const { return m_rules; } // as saved
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; } // of loading
    [[nodiscard]] api::EscalationPolicy policy() const; // with what is not saved yet
    [[nodiscard]] bool isChanged() const { return m_draft.has_value(); }
    void edit(const api::EscalationPolicy &policy);
    void discard();

    // How many open tickets' timers follow: the answer comes by counted().
    void countTickets();
    void save();
    [[nodiscard]] bool isSaving() const { return m_isSaving; }
    // What somebody else saved while these were being edited.
    [[nodiscard]] const std::optional<api::EscalationRules> &conflict() const { return m_conflict; }
    void takeTheirs();
    void keepMine(); // the next save() goes over theirs

signals:
    void changed();
    void opened(); // another content than the one that was edited here
    void counted(const std::optional<qint64> &tickets);
    void saved();
    void refused(const Problem &problem);

private:
    void onSaved(const Result<api::EscalationRules> &rules);

    ApiClient &m_api;
    std::optional<api::EscalationRules> m_rules;
    std::optional<api::EscalationPolicy> m_draft;
    int m_version = 0; // of the rules that the draft began with
    std::optional<api::EscalationRules> m_conflict;
    std::optional<Problem> m_problem;
    bool m_isLoading = false;
    bool m_isSaving = false;
};
