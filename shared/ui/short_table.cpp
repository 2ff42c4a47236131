#include "shared/ui/short_table.h"

#include "shared/ui/scaling.h"

#include <QHeaderView>

namespace {
constexpr int rowUnits = 36;
}

ShortTable::ShortTable(QAbstractItemModel &model, const QString &accessibleName, QWidget *parent)
    : QTableView(parent)
{
    setModel(&model);
    setAccessibleName(accessibleName);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false); // Tab leaves the list; the arrow keys walk it
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setStretchLastSection(true);
    keepScaled(this, [this] { fit(); });
}

void ShortTable::fit()
{
    verticalHeader()->setDefaultSectionSize(scaled(rowUnits));
    setIconSize({ scaled(16), scaled(16) });
    setFixedHeight(
        horizontalHeader()->sizeHint().height() + scaled(rowUnits) * std::max(1, model()->rowCount())
    );
    fitColumns();
}

void ShortTable::resizeEvent(QResizeEvent *event)
{
    fitColumns();
    QTableView::resizeEvent(event);
}

// Each as wide as what is in it, the last takes the rest; where there is no room for all, each gives way.
void ShortTable::fitColumns()
{
    const int columns = model()->columnCount();
    int needed = 0;
    for (int column = 0; column < columns; ++column)
        needed += needs(column);
    const int room = viewport()->width();
    for (int column = 0; column + 1 < columns; ++column)
        setColumnWidth(column, needed <= room ? needs(column) : room / columns);
}

int ShortTable::needs(int column) const
{
    return std::max(horizontalHeader()->sectionSizeHint(column), sizeHintForColumn(column)) + scaled(12);
}
