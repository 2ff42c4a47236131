#include "shared/ui/ticket/ticket_table.h"

#include "shared/ui/scaling.h"
#include "shared/ui/ticket/ticket_list_view_model.h"

#include <QHeaderView>

namespace {

using Column = TicketListViewModel::Column;

// Widths at 100 % of text size; the subject takes what is left, and at least this.
int widthOf(Column column)
{
    switch (column) {
    case Column::number:
        return scaled(128); // with the arrow of one that was raised
    case Column::state:
        return scaled(136);
    case Column::subject:
        return scaled(220);
    case Column::expert:
        return scaled(140);
    case Column::priority:
        return scaled(104);
    case Column::customer:
        return scaled(140);
    case Column::place:
        return scaled(180);
    case Column::filed:
        return scaled(136);
    }
    Q_UNREACHABLE();
}

// In this order columns come back as the table grows.
constexpr Column byImportance[] = { Column::subject, Column::state,    Column::number,   Column::expert,
                                    Column::filed,   Column::priority, Column::customer, Column::place };

} // namespace

TicketTable::TicketTable(QAbstractItemModel &model, QWidget *parent)
    : QTableView(parent)
{
    setModel(&model);
    setAccessibleName(tr("Tickets"));
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false); // Tab leaves the list; the arrow keys walk it
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(static_cast<int>(Column::subject), QHeaderView::Stretch);
    keepScaled(this, [this] {
        verticalHeader()->setDefaultSectionSize(scaled(38));
        setIconSize({ scaled(16), scaled(16) });
        fit();
    });
}

void TicketTable::resizeEvent(QResizeEvent *event)
{
    fit();
    QTableView::resizeEvent(event);
}

void TicketTable::fit()
{
    int room = viewport()->width();
    bool isFull = false;
    for (const Column column : byImportance) {
        room -= widthOf(column);
        isFull = isFull || (room < 0 && column != byImportance[0]);
        setColumnHidden(static_cast<int>(column), isFull);
        if (column != Column::subject)
            setColumnWidth(static_cast<int>(column), widthOf(column));
    }
}
