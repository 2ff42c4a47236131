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

// Each as wide as what is in it, the last takes the rest. Where there is no room for all, those that need less
// than their share keep what they need, and the others share what is left.
void ShortTable::fitColumns()
{
    QList<std::pair<int, int>> needed; // and the column, the smallest first
    for (int column = 0; column < model()->columnCount(); ++column)
        needed.append({ needs(column), column });
    std::ranges::sort(needed);
    int room = viewport()->width();
    for (qsizetype i = 0; i < needed.size(); ++i) {
        const auto &[need, column] = needed.at(i);
        const int width = std::min(need, room / int(needed.size() - i));
        room -= width;
        if (column + 1 < needed.size())
            setColumnWidth(column, width);
    }
}

int ShortTable::needs(int column) const
{
    return std::max(horizontalHeader()->sectionSizeHint(column), sizeHintForColumn(column)) + scaled(12);
}
