#pragma once

#include <QTableView>

// A short list that stands in a page among other things: as high as its rows, since a list that scrolls
// within a page that scrolls is in the way.
class ShortTable : public QTableView
{
    Q_OBJECT
public:
    // The model is its maker's and lives longer.
    ShortTable(QAbstractItemModel &model, const QString &accessibleName, QWidget *parent = nullptr);

    void fit(); // after rows came or went

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitColumns();
    [[nodiscard]] int needs(int column) const;
};
