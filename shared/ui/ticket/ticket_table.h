#pragma once

#include <QTableView>

// The table of tickets. Where it is too narrow for all columns the less important ones give way, so that
// nobody has to scroll sideways to see who has a ticket.
class TicketTable : public QTableView
{
    Q_OBJECT
public:
    explicit TicketTable(QAbstractItemModel &model, QWidget *parent = nullptr);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();
};
