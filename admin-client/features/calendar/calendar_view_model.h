#pragma once

#include "shared/api/sla.h"
#include "shared/client/api_client.h"

#include <QMap>

// The regions' calendars, and what is changed of them and not saved yet: of several regions at once, so that
// looking at another one loses nothing.
class CalendarViewModel : public QObject
{
    Q_OBJECT
public:
    explicit CalendarViewModel(ApiClient &api, QObject *parent = nullptr);

    void reload();
    void open(const QString &region);

    [[nodiscard]] const QList<api::Calendar> &calendars() const { return m_calendars; }
    [[nodiscard]] bool isLoading() const { return m_isLoading; }
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; } // of loading
    [[nodiscard]] bool isChanged(const QString &region) const { return m_drafts.contains(region); }

    // The open one; none before the calendars are there.
    [[nodiscard]] const api::Calendar *calendar() const;
    [[nodiscard]] api::CalendarContent content() const; // with what is not saved yet
    void edit(const api::CalendarContent &content);
    void discard();

    // How many open tickets' deadlines follow the open calendar: the answer comes by counted().
    void countTickets();
    void save();
    [[nodiscard]] bool isSaving() const { return m_isSaving; }
    // What somebody else saved while this one was being edited.
    [[nodiscard]] const std::optional<api::Calendar> &conflict() const;
    void takeTheirs();
    void keepMine(); // the next save() goes over theirs

signals:
    void changed();
    void opened(); // another calendar, or another content than the one that was edited here
    void counted(const std::optional<qint64> &tickets);
    void saved(const api::Calendar &calendar);
    void refused(const Problem &problem);

private:
    struct Draft
    {
        api::CalendarContent content;
        int version = 0; // of the calendar it began with
        std::optional<api::Calendar> conflict {};
    };

    void adopt(const api::Calendar &calendar);
    void onSaved(const QString &region, const Result<api::Calendar> &calendar);
    [[nodiscard]] const Draft *draft() const;

    ApiClient &m_api;
    QList<api::Calendar> m_calendars;
    QMap<QString, Draft> m_drafts; // by region
    QString m_region;
    std::optional<Problem> m_problem;
    bool m_isLoading = false;
    bool m_isSaving = false;
};
