#pragma once

#include "manager-client/features/accounting/accounting_view_model.h"

#include <QWidget>

class BalanceTable;
class Card;
class Glyph;
class QLabel;
class QVBoxLayout;
class StatePane;

// Whether every ticket is where it should be: the balance, what does not agree and what is done about it, and
// what in the machinery needs somebody.
class AccountingPage : public QWidget
{
    Q_OBJECT
public:
    explicit AccountingPage(AccountingViewModel &viewModel, QWidget *parent = nullptr);

signals:
    void ticketWanted(const api::TicketId &id);

private:
    // A card that is there as long as it has rows.
    struct Section
    {
        Card *card = nullptr;
        QVBoxLayout *rows = nullptr;

        void clear() const;
    };

    Section makeSection(const QString &iconName, const QString &title);
    QWidget *makeContent();
    void refresh();
    void refreshVerdict(const api::Accounting &accounts);
    void addDifference(const api::Difference &difference);
    void addRepair(const api::Repair &repair);
    void addAlarm(const api::Alarm &alarm);
    QWidget *makeTicketLink(const std::optional<QString> &number, const std::optional<api::TicketId> &id);

    AccountingViewModel &m_viewModel;
    Glyph *m_verdictIcon;
    QLabel *m_verdict;
    QLabel *m_checked;
    BalanceTable *m_balance;
    Section m_differences;
    Section m_alarms;
    Section m_repairs;
    StatePane *m_pane;
};
