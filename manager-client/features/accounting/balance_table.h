#pragma once

#include "shared/api/accounting.h"

#include <QTableView>

#include <memory>

class QStandardItemModel;

// The balance as a picture: a row per region and one for all of them, what was filed on the left, where it is
// in the middle, the sum on the right. A place is the darker the more of its region's tickets are there; a
// row that is not even is red.
class BalanceTable : public QTableView
{
    Q_OBJECT
public:
    explicit BalanceTable(QWidget *parent = nullptr);
    ~BalanceTable() override;

    void setRegions(const QList<api::RegionBalance> &regions);

    // Of a cell, for what paints it.
    static constexpr int shareRole = Qt::UserRole; // 0 to 1: of the row's tickets
    static constexpr int evenRole = Qt::UserRole + 1; // bool, of the sum

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void addRow(const QString &title, const api::RegionBalance &region);
    void fit();

    std::unique_ptr<QStandardItemModel> m_model;
};
