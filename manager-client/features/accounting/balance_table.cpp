#include "manager-client/features/accounting/balance_table.h"

#include "manager-client/features/accounting/accounting_words.h"
#include "shared/ui/icon.h"
#include "shared/ui/scaling.h"
#include "shared/ui/words.h"

#include <QHeaderView>
#include <QLocale>
#include <QPainter>
#include <QScrollBar>
#include <QStandardItemModel>
#include <QStyledItemDelegate>

using namespace Qt::StringLiterals;

namespace {

constexpr int titleColumn = 0;

// A cell's ground says how much is there, before anybody has read the number.
class ShareDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Tokens &tokens = Tokens::current();
        const QVariant share = index.data(BalanceTable::shareRole);
        const QVariant isEven = index.data(BalanceTable::evenRole);
        if (share.isValid() && share.toDouble() > 0) {
            QColor ground = tokens.accent;
            ground.setAlphaF(static_cast<float>(0.06 + 0.34 * share.toDouble()));
            paintGround(*painter, option.rect, ground);
        } else if (isEven.isValid()) {
            paintGround(*painter, option.rect, isEven.toBool() ? tokens.success.soft : tokens.danger.soft);
        }
        QStyledItemDelegate::paint(painter, option, index);
    }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const Tokens &tokens = Tokens::current();
        const QVariant isEven = index.data(BalanceTable::evenRole);
        if (isEven.isValid())
            option->palette.setColor(
                QPalette::Text, isEven.toBool() ? tokens.success.ink : tokens.danger.ink
            );
        else if (index.data(BalanceTable::shareRole) == 0.0)
            option->palette.setColor(QPalette::Text, tokens.muted);
    }

private:
    static void paintGround(QPainter &painter, const QRect &cell, const QColor &ground)
    {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRoundedRect(cell.adjusted(2, 2, -2, -2), scaled(5), scaled(5));
        painter.restore();
    }
};

QStandardItem *cell(const QString &text)
{
    auto *item = new QStandardItem(text);
    item->setEditable(false);
    item->setTextAlignment(Qt::AlignCenter);
    return item;
}

QStandardItem *number(qint64 value)
{
    return cell(value == 0 ? QString(u'–') : QLocale().toString(value));
}

} // namespace

BalanceTable::BalanceTable(QWidget *parent)
    : QTableView(parent)
    , m_model(std::make_unique<QStandardItemModel>())
{
    setProperty("kind", u"figures"_s);
    setModel(m_model.get());
    setItemDelegate(new ShareDelegate(this));
    setAccessibleName(tr("Balance of all tickets"));
    setSelectionMode(QAbstractItemView::SingleSelection);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false); // Tab leaves the table; the arrow keys walk it
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignCenter);
    horizontalHeader()->setMinimumSectionSize(1);
    keepScaled(this, [this] {
        verticalHeader()->setDefaultSectionSize(scaled(38));
        setIconSize({ scaled(16), scaled(16) });
        fit();
    });
}

BalanceTable::~BalanceTable() = default;

void BalanceTable::setRegions(const QList<api::RegionBalance> &regions)
{
    const QModelIndex current = currentIndex();
    m_model->clear();
    QStringList titles { tr("Region"), tr("Filed") };
    api::RegionBalance all { {}, 0, {}, 0 };
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<api::TicketPlace>>([&](auto place) {
        titles.append(words::of(place.value));
        all.places.append({ place.value, 0 });
    });
    titles.append(tr("Sum"));
    m_model->setHorizontalHeaderLabels(titles);
    m_model->horizontalHeaderItem(titleColumn)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    for (const api::RegionBalance &region : regions) {
        addRow(words::slug(region.region), region);
        all.created += region.created;
        all.missing += region.missing;
        for (qsizetype i = 0; i < all.places.size() && i < region.places.size(); ++i)
            all.places[i].tickets += region.places.at(i).tickets;
    }
    addRow(tr("All regions"), all);
    QFont strong = font();
    strong.setWeight(QFont::DemiBold);
    for (int column = 0; column < m_model->columnCount(); ++column)
        m_model->item(m_model->rowCount() - 1, column)->setFont(strong);
    setCurrentIndex(m_model->index(current.row(), current.column()));
    fit();
}

void BalanceTable::addRow(const QString &title, const api::RegionBalance &region)
{
    auto *name = cell(title);
    name->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    QList<QStandardItem *> row { name, number(region.created) };
    for (const api::PlaceCount &place : region.places) {
        auto *item = number(place.tickets);
        const double all = static_cast<double>(std::max<qint64>(region.created, 1));
        item->setData(static_cast<double>(place.tickets) / all, shareRole);
        item->setToolTip(
            tr("%1 in %2: %3").arg(words::of(place.place), title, QLocale().toString(place.tickets))
        );
        item->setAccessibleText(item->toolTip());
        row.append(item);
    }
    const bool isEven = region.missing == 0;
    auto *sum = cell(QLocale().toString(region.created - region.missing));
    sum->setIcon(isEven ? icon(u"check"_s, Tone::success) : icon(u"cross"_s, Tone::danger));
    sum->setData(isEven, evenRole);
    sum->setToolTip(
        isEven ? tr("Every ticket of %1 is accounted for.").arg(title)
            : region.missing > 0
            ? tr("%1: %n tickets were filed and are nowhere.", nullptr, int(region.missing)).arg(title)
            : tr("%1: %n tickets are there that nobody was told of.", nullptr, int(-region.missing))
                  .arg(title)
    );
    sum->setAccessibleText(sum->text() + u". "_s + sum->toolTip());
    row.append(sum);
    m_model->appendRow(row);
}

void BalanceTable::resizeEvent(QResizeEvent *event)
{
    fit();
    QTableView::resizeEvent(event);
}

// As high as its rows, and all columns in sight: a balance that has to be scrolled is none.
void BalanceTable::fit()
{
    const int columns = m_model->columnCount();
    if (columns == 0)
        return;
    const auto needs = [this](int column) {
        return std::max(horizontalHeader()->sectionSizeHint(column), sizeHintForColumn(column)) + scaled(6);
    };
    int room = viewport()->width();
    for (int column = 0; column < columns; ++column)
        room -= needs(column);
    const bool isWide = room < 0;
    for (int column = 0; column < columns; ++column)
        setColumnWidth(column, needs(column) + std::max(0, room) / columns);
    setHorizontalScrollBarPolicy(isWide ? Qt::ScrollBarAlwaysOn : Qt::ScrollBarAlwaysOff);
    const int bar = isWide ? horizontalScrollBar()->sizeHint().height() : 0;
    setFixedHeight(
        horizontalHeader()->sizeHint().height() + m_model->rowCount() * verticalHeader()->defaultSectionSize()
        + 2 * frameWidth() + bar
    );
}
