#pragma once

#include "shared/api/ticket.h"

#include <QWidget>

class QVBoxLayout;

// Why matching chose as it did: the sentence it stored, and for staff everybody it looked at closely.
class DecisionView : public QWidget
{
    Q_OBJECT
public:
    enum class For { chosenExpert, staff };

    explicit DecisionView(For reader, QWidget *parent = nullptr);

    // `reader` is the expert who wants to know why it was them.
    void setDecisions(const QList<api::Decision> &decisions, const api::AccountId &reader = {});
    [[nodiscard]] bool isEmpty() const { return m_isEmpty; }

private:
    void addForExpert(const QList<api::Decision> &decisions, const api::AccountId &reader);
    void addForStaff(const api::Decision &decision);
    void addCandidate(const api::Candidate &candidate, bool isChosen);
    void clear();

    For m_reader;
    QVBoxLayout *m_column;
    bool m_isEmpty = true;
    QJsonValue m_shown;
};
