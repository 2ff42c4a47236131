#pragma once

#include "shared/ui/list_diff.h"

#include <QAbstractTableModel>

#include <functional>
#include <optional>

// A table over a list of structs, its columns declared as data:
//
//     TableModel<api::TicketSummary> tickets {
//         &api::TicketSummary::id,
//         { { tr("Number"), &api::TicketSummary::number },
//           { tr("State"), [](const auto &ticket) { return stateWords(ticket.state).label; } } } };
//
// `Key` tells which rows are the same one before and after a refresh.
template <class T, class Key>
class TableModel : public QAbstractTableModel
{
public:
    struct Column
    {
        QString title;
        std::function<QVariant(const T &)> text;
        std::function<QVariant(const T &)> decoration {}; // an icon
        std::function<QVariant(const T &)> hint {}; // the tool tip
        std::function<QVariant(const T &)> spoken {}; // where the text does not say all that is shown
        Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    };

    TableModel(Key T::*key, QList<Column> columns, QObject *parent = nullptr)
        : QAbstractTableModel(parent)
        , m_key(key)
        , m_columns(std::move(columns))
    {
    }

    [[nodiscard]] const QList<T> &rows() const { return m_rows; }
    [[nodiscard]] const T &at(int row) const { return m_rows.at(row); }
    [[nodiscard]] std::optional<int> rowOf(const Key &key) const
    {
        const auto found = std::ranges::find(m_rows, key, m_key);
        if (found == m_rows.end())
            return std::nullopt;
        return static_cast<int>(found - m_rows.begin());
    }

    // Makes these the rows, with as little stir as possible: what is selected stays selected.
    void merge(const QList<T> &fresh)
    {
        list_diff::merge(
            m_rows, fresh, [key = m_key](const T &row) { return row.*key; }, *this
        );
    }

    void append(const QList<T> &more)
    {
        if (more.isEmpty())
            return;
        beginInsert(m_rows.size(), m_rows.size() + more.size() - 1);
        m_rows += more;
        endInsertRows();
    }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
    }

    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
            return {};
        const T &row = m_rows.at(index.row());
        const Column &column = m_columns.at(index.column());
        switch (role) {
        case Qt::DisplayRole:
            return column.text(row);
        case Qt::AccessibleTextRole:
            return column.spoken ? column.spoken(row) : column.text(row);
        case Qt::DecorationRole:
            return column.decoration ? column.decoration(row) : QVariant();
        case Qt::ToolTipRole:
            return column.hint ? column.hint(row) : QVariant();
        case Qt::TextAlignmentRole:
            return QVariant(column.alignment);
        default:
            return {};
        }
    }

    [[nodiscard]] QVariant
    headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override
    {
        if (orientation != Qt::Horizontal || section < 0 || section >= m_columns.size())
            return {};
        if (role == Qt::DisplayRole)
            return m_columns.at(section).title;
        if (role == Qt::TextAlignmentRole)
            return QVariant(m_columns.at(section).alignment);
        return {};
    }

    // What list_diff tells a view.
    void beginRemove(qsizetype first, qsizetype last) { beginRemoveRows({}, int(first), int(last)); }
    void endRemove() { endRemoveRows(); }
    void beginInsert(qsizetype first, qsizetype last) { beginInsertRows({}, int(first), int(last)); }
    void endInsert() { endInsertRows(); }
    void beginMove(qsizetype from, qsizetype before)
    {
        beginMoveRows({}, int(from), int(from), {}, int(before));
    }
    void endMove() { endMoveRows(); }
    void changed(qsizetype first, qsizetype last)
    {
        if (!m_columns.isEmpty())
            emit dataChanged(index(int(first), 0), index(int(last), int(m_columns.size()) - 1));
    }
    [[nodiscard]] static bool isSame(const T &before, const T &after)
    {
        if constexpr (requires { before == after; })
            return before == after;
        else
            return before.version == after.version && before.updatedAt == after.updatedAt;
    }

private:
    Key T::*m_key;
    QList<Column> m_columns;
    QList<T> m_rows;
};
