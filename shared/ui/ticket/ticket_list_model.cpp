#include "shared/ui/ticket/ticket_list_model.h"

namespace {

constexpr int stretchesKept = 20; // on each side of what is looked at

using Summary = TicketListModel::Summary;

// Where the ticket is in the rows, or would be.
QList<Summary>::const_iterator placeIn(const QList<Summary> &rows, const api::TicketId &id)
{
    return std::ranges::lower_bound(
        rows, id, [](const auto &a, const auto &b) { return b < a; }, &Summary::id
    );
}

} // namespace

TicketListModel::TicketListModel(QList<Column> columns, QObject *parent)
    : QAbstractTableModel(parent)
    , m_columns(std::move(columns))
    , m_stretches(1)
{
}

// Reading --------------------------------------------------------------------

int TicketListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : m_rowCount;
}

int TicketListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant TicketListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Column &column = m_columns.at(index.column());
    if (role == Qt::TextAlignmentRole)
        return QVariant(column.alignment);
    const Summary *ticket = at(index.row());
    if (!ticket)
        return role == Qt::DisplayRole || role == Qt::AccessibleTextRole ? QVariant(QStringLiteral("…"))
                                                                         : QVariant();
    switch (role) {
    case Qt::DisplayRole:
        return column.text(*ticket);
    case Qt::AccessibleTextRole:
        return column.spoken ? column.spoken(*ticket) : column.text(*ticket);
    case Qt::DecorationRole:
        return column.decoration ? column.decoration(*ticket) : QVariant();
    case Qt::ToolTipRole:
        return column.hint ? column.hint(*ticket) : QVariant();
    default:
        return {};
    }
}

QVariant TicketListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= m_columns.size())
        return {};
    if (role == Qt::DisplayRole)
        return m_columns.at(section).title;
    if (role == Qt::TextAlignmentRole)
        return QVariant(m_columns.at(section).alignment);
    return {};
}

const Summary *TicketListModel::at(int row) const
{
    if (row < 0 || row >= m_rowCount)
        return nullptr;
    const Held &stretch = m_stretches[placeAt(row)];
    return stretch.rows.isEmpty() ? nullptr : &stretch.rows.at(row - stretch.start);
}

std::optional<int> TicketListModel::rowOf(const api::TicketId &id) const
{
    const Held &stretch = m_stretches[placeOf(id)];
    const auto found = placeIn(stretch.rows, id);
    if (found == stretch.rows.end() || found->id != id)
        return std::nullopt;
    return stretch.start + static_cast<int>(found - stretch.rows.begin());
}

bool TicketListModel::holdsPlaceOf(const api::TicketId &id) const
{
    return m_stretches[placeOf(id)].isHere();
}

size_t TicketListModel::placeOf(const api::TicketId &id) const
{
    const auto found = std::ranges::partition_point(m_stretches, [&](const Held &each) {
        return each.end && id < *each.end;
    });
    return size_t(found - m_stretches.begin());
}

size_t TicketListModel::placeAt(int row) const
{
    const auto behind = std::ranges::upper_bound(m_stretches, row, {}, &Held::start);
    return size_t(behind - m_stretches.begin()) - 1;
}

QList<Summary> TicketListModel::allHere() const
{
    QList<Summary> rows;
    for (const Held &stretch : m_stretches)
        rows += stretch.rows;
    return rows;
}

// The whole ------------------------------------------------------------------

void TicketListModel::clear()
{
    beginResetModel();
    m_stretches.assign(1, {});
    m_rowCount = 0;
    endResetModel();
}

void TicketListModel::begin(const QList<Summary> &newest)
{
    layOut(newest.size(), {}, newest);
}

void TicketListModel::layOut(qint64 total, const QList<api::TicketId> &ends, const QList<Summary> &newest)
{
    // The newest are as they are now; what is older is shown as it was until somebody looks there.
    QList<Summary> here = newest;
    for (const Summary &each : allHere()) {
        if (here.isEmpty() || each.id < here.last().id)
            here += each;
    }
    const int rows = static_cast<int>(std::min<qint64>(total, std::numeric_limits<int>::max()));
    std::vector<Held> stretches;
    stretches.reserve(size_t(ends.size()) + 1);
    int left = rows;
    auto next = here.cbegin();
    const auto add = [&](const std::optional<api::TicketId> &end, int count) {
        Held stretch { .end = end, .count = count, .rows = {}, .isFresh = false, .start = rows - left };
        const auto first = next;
        while (next != here.cend() && (!end || !(next->id < *end)))
            ++next;
        const auto known = next - first;
        if (known == count)
            stretch.rows = QList<Summary>(first, next);
        stretch.isFresh = known == count
            && (count == 0 || (!newest.isEmpty() && !(stretch.rows.last().id < newest.last().id)));
        left -= count;
        stretches.push_back(std::move(stretch));
    };
    for (const api::TicketId &end : ends)
        add(end, std::min(left, api::TicketLadder::step));
    add(std::nullopt, left);

    const int before = m_rowCount;
    if (rows > before)
        beginInsertRows({}, before, rows - 1);
    if (rows < before)
        beginRemoveRows({}, rows, before - 1);
    m_stretches = std::move(stretches);
    m_rowCount = rows;
    if (rows > before)
        endInsertRows();
    if (rows < before)
        endRemoveRows();
    touch(0, rows - 1);
}

std::optional<TicketListModel::Stretch> TicketListModel::missing(int first, int last) const
{
    if (m_rowCount == 0)
        return {};
    const size_t end = placeAt(std::clamp(last, 0, m_rowCount - 1));
    for (size_t place = placeAt(std::clamp(first, 0, m_rowCount - 1)); place <= end; ++place) {
        const Held &stretch = m_stretches[place];
        if (stretch.count > 0 && (!stretch.isFresh || !stretch.isHere()))
            return Stretch { static_cast<int>(place),
                             place > 0 ? m_stretches[place - 1].end : std::nullopt,
                             stretch.end };
    }
    return {};
}

void TicketListModel::fill(int place, const QList<Summary> &rows)
{
    if (place < 0 || size_t(place) >= m_stretches.size())
        return;
    Held &stretch = m_stretches[size_t(place)];
    stretch.rows.clear();
    resize(size_t(place), static_cast<int>(rows.size()));
    stretch.rows = rows;
    stretch.isFresh = true;
    touch(stretch.start, stretch.start + stretch.count - 1);
}

void TicketListModel::forgetFarFrom(int first, int last)
{
    if (m_rowCount == 0)
        return;
    const int from = static_cast<int>(placeAt(std::clamp(first, 0, m_rowCount - 1))) - stretchesKept;
    const int to = static_cast<int>(placeAt(std::clamp(last, 0, m_rowCount - 1))) + stretchesKept;
    for (int place = 0; place < static_cast<int>(m_stretches.size()); ++place) {
        if (place < from || place > to)
            m_stretches[size_t(place)].rows = {};
    }
}

// One ------------------------------------------------------------------------

void TicketListModel::insert(const Summary &ticket)
{
    const size_t place = placeOf(ticket.id);
    Held &stretch = m_stretches[place];
    if (!stretch.isHere())
        return resize(place, stretch.count + 1);
    const auto at = placeIn(stretch.rows, ticket.id) - stretch.rows.cbegin();
    const int row = stretch.start + static_cast<int>(at);
    beginInsertRows({}, row, row);
    stretch.rows.insert(at, ticket);
    ++stretch.count;
    renumber(place);
    endInsertRows();
}

void TicketListModel::replace(const Summary &ticket)
{
    const std::optional<int> row = rowOf(ticket.id);
    if (!row)
        return;
    Held &stretch = m_stretches[placeAt(*row)];
    stretch.rows[*row - stretch.start] = ticket;
    touch(*row, *row);
}

void TicketListModel::remove(const api::TicketId &id)
{
    const size_t place = placeOf(id);
    Held &stretch = m_stretches[place];
    const std::optional<int> row = rowOf(id);
    if (!row) {
        if (!stretch.isHere() && stretch.count > 0)
            resize(place, stretch.count - 1);
        return;
    }
    beginRemoveRows({}, *row, *row);
    stretch.rows.removeAt(*row - stretch.start);
    --stretch.count;
    renumber(place);
    endRemoveRows();
}

void TicketListModel::touch(int first, int last)
{
    first = std::max(first, 0);
    last = std::min(last, m_rowCount - 1);
    if (first <= last && !m_columns.isEmpty())
        emit dataChanged(index(first, 0), index(last, static_cast<int>(m_columns.size()) - 1));
}

void TicketListModel::resize(size_t place, int count)
{
    Held &stretch = m_stretches[place];
    const int end = stretch.start + stretch.count;
    const int change = count - stretch.count;
    if (change > 0)
        beginInsertRows({}, end, end + change - 1);
    if (change < 0)
        beginRemoveRows({}, end + change, end - 1);
    stretch.count = count;
    renumber(place);
    if (change > 0)
        endInsertRows();
    if (change < 0)
        endRemoveRows();
}

void TicketListModel::renumber(size_t from)
{
    int start = m_stretches[from].start;
    for (size_t place = from; place < m_stretches.size(); ++place) {
        m_stretches[place].start = start;
        start += m_stretches[place].count;
    }
    m_rowCount = start;
}
