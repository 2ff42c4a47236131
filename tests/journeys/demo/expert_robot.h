#pragma once

#include "tests/journeys/demo/person.h"

#include <QTimer>

// A signed-in expert who takes every job and works it to the end, at `pace` real seconds per minute of work.
class ExpertRobot : public QObject
{
    Q_OBJECT

public:
    ExpertRobot(
        const QUrl &server,
        const QString &email,
        const QString &password,
        double secondsPerMinute,
        QObject *parent = nullptr
    );

    void start() { m_person.signIn(); }
    [[nodiscard]] bool isWorking() const { return m_job.has_value(); }
    [[nodiscard]] const api::Account &account() const { return m_person.account(); }

signals:
    void ready();
    void refused(const Problem &problem);
    void received(const api::TicketSummary &ticket); // a job reached this expert's screen
    void finished(const api::TicketId &ticket);

private:
    void hear(const api::TicketChanged &change);
    void catchUp();
    void take(const api::TicketSummary &ticket);
    void next(const api::Ticket &ticket);
    void after(double minutes, std::function<void()> action);
    void lose(const Problem &why);

    Person m_person;
    double m_secondsPerMinute;
    std::optional<api::TicketId> m_job;
    QTimer m_timer;
};
