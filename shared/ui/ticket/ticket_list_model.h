#pragma once

#include "shared/api/ticket.h"
#include "shared/ui/table_model.h"

// The rows of a list of tickets that may be a million long: all of them are counted, and those are held that
// somebody looks at.
//
// Newest first, which is descending by id. The ids that the server's ladder names cut the list into
// stretches, each of them wholly here or not here at all. What becomes of a ticket that is not here only
// changes how many its stretch has, so that every row keeps its place among the others.
class TicketListModel : public QAbstractTableModel
{
public:
    using Summary = api::TicketSummary;
    using Column = TableModel<Summary, api::TicketId>::Column;

    explicit TicketListModel(QList<Column> columns, QObject *parent = nullptr);

    // What lies between two steps of the ladder: filed before `after`, down to `end`; both may be missing.
    struct Stretch
    {
        int place = 0;
        std::optional<api::TicketId> after;
        std::optional<api::TicketId> end;
    };

    [[nodiscard]] const Summary *at(int row) const; // null: not here
    [[nodiscard]] std::optional<int> rowOf(const api::TicketId &id) const; // of one that is here
    [[nodiscard]] bool holdsPlaceOf(const api::TicketId &id) const; // whether its stretch is here

    void clear();
    // Shows the first ones while it is not known how many there are.
    void begin(const QList<Summary> &newest);
    // Makes them `total`, of which `newest` are here for sure. What was here stays until it is fetched anew.
    void layOut(qint64 total, const QList<api::TicketId> &ends, const QList<Summary> &newest);
    // The first stretch between these rows that has to be fetched.
    [[nodiscard]] std::optional<Stretch> missing(int first, int last) const;
    void fill(int place, const QList<Summary> &rows);
    void forgetFarFrom(int first, int last);

    void insert(const Summary &ticket); // which is not in the list
    void replace(const Summary &ticket); // which is here
    void remove(const api::TicketId &id); // which is in the list
    void touch(int first, int last); // has their words said anew

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant
    headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Held
    {
        std::optional<api::TicketId> end; // of the last one: none
        int count = 0;
        QList<Summary> rows; // all, or none
        bool isFresh = false; // since the ladder was read
        int start = 0; // the row of the first

        [[nodiscard]] bool isHere() const { return !rows.isEmpty() || count == 0; }
    };

    [[nodiscard]] size_t placeOf(const api::TicketId &id) const;
    [[nodiscard]] size_t placeAt(int row) const;
    [[nodiscard]] QList<Summary> allHere() const;
    void resize(size_t place, int count); // at its end
    void renumber(size_t from);

    QList<Column> m_columns;
    std::vector<Held> m_stretches; // never empty
    int m_rowCount = 0;
};
