#pragma once

#include <QHash>
#include <QList>

#include <algorithm>

// Turns one list into another by the fewest removals, moves, insertions and changes, in runs, so that a view
// that hears of each keeps its selection and its place. Rows are the same row when their keys are equal; keys
// are unique.
namespace list_diff {

// The positions that may stay where they are while all others move around them: a longest increasing
// subsequence.
[[nodiscard]] inline QList<bool> staying(const QList<qsizetype> &targets)
{
    QList<qsizetype> tails; // tails[n]: index of the smallest value that ends a rising run of n + 1
    QList<qsizetype> before(targets.size(), -1);
    for (qsizetype i = 0; i < targets.size(); ++i) {
        const auto place
            = std::ranges::lower_bound(tails, targets[i], {}, [&](qsizetype at) { return targets[at]; });
        const qsizetype length = place - tails.begin();
        if (length > 0)
            before[i] = tails[length - 1];
        if (place == tails.end())
            tails.append(i);
        else
            *place = i;
    }
    QList<bool> stays(targets.size(), false);
    for (qsizetype at = tails.isEmpty() ? -1 : tails.last(); at >= 0; at = before[at])
        stays[at] = true;
    return stays;
}

// `view` is told before and after each step on `rows`:
//   beginRemove(first, last) endRemove()   beginInsert(first, last) endInsert()
//   beginMove(from, before) endMove()      changed(first, last)
template <class T, class KeyOf, class View>
class Merge
{
public:
    Merge(QList<T> &rows, const QList<T> &fresh, KeyOf keyOf, View &view)
        : m_rows(rows)
        , m_fresh(fresh)
        , m_keyOf(keyOf)
        , m_view(view)
    {
        for (qsizetype i = 0; i < fresh.size(); ++i)
            m_target.insert(m_keyOf(fresh[i]), i);
    }

    void run()
    {
        removeGone();
        moveKept();
        insertNew();
        changeKept();
    }

private:
    [[nodiscard]] qsizetype targetOf(const T &row) const { return m_target.value(m_keyOf(row), -1); }

    void removeGone()
    {
        for (qsizetype last = m_rows.size() - 1; last >= 0; --last) {
            if (targetOf(m_rows[last]) >= 0)
                continue;
            qsizetype first = last;
            while (first > 0 && targetOf(m_rows[first - 1]) < 0)
                --first;
            m_view.beginRemove(first, last);
            m_rows.remove(first, last - first + 1);
            m_view.endRemove();
            last = first;
        }
    }

    void moveKept()
    {
        QList<qsizetype> targets;
        for (const T &row : std::as_const(m_rows))
            targets.append(targetOf(row));
        QList<bool> stays = staying(targets);
        for (qsizetype from = 0; from < m_rows.size();) {
            if (stays[from]) {
                ++from;
                continue;
            }
            const qsizetype to = placeAmongStaying(targets, stays, targets[from]);
            if (to != from && to != from + 1) {
                m_view.beginMove(from, to);
                const qsizetype end = to > from ? to - 1 : to;
                m_rows.move(from, end);
                targets.move(from, end);
                stays.move(from, end);
                stays[end] = true;
                m_view.endMove();
            } else {
                stays[from] = true;
            }
            from = 0; // what is before may have changed; rows that stay are skipped at once
        }
    }

    // Before which row a wanderer belongs.
    static qsizetype
    placeAmongStaying(const QList<qsizetype> &targets, const QList<bool> &stays, qsizetype target)
    {
        for (qsizetype i = 0; i < targets.size(); ++i) {
            if (stays[i] && targets[i] > target)
                return i;
        }
        return targets.size();
    }

    void insertNew()
    {
        QHash<qsizetype, bool> isThere; // by target
        for (const T &row : std::as_const(m_rows))
            isThere.insert(targetOf(row), true);
        for (qsizetype first = 0; first < m_fresh.size(); ++first) {
            if (isThere.contains(first))
                continue;
            qsizetype last = first;
            while (last + 1 < m_fresh.size() && !isThere.contains(last + 1))
                ++last;
            m_view.beginInsert(first, last);
            m_rows.insert(first, last - first + 1, T {});
            std::copy(m_fresh.begin() + first, m_fresh.begin() + last + 1, m_rows.begin() + first);
            m_view.endInsert();
            first = last;
        }
    }

    void changeKept()
    {
        for (qsizetype first = 0; first < m_fresh.size(); ++first) {
            if (m_view.isSame(m_rows[first], m_fresh[first]))
                continue;
            qsizetype last = first;
            while (last + 1 < m_fresh.size() && !m_view.isSame(m_rows[last + 1], m_fresh[last + 1]))
                ++last;
            std::copy(m_fresh.begin() + first, m_fresh.begin() + last + 1, m_rows.begin() + first);
            m_view.changed(first, last);
            first = last;
        }
    }

    QList<T> &m_rows;
    const QList<T> &m_fresh;
    KeyOf m_keyOf;
    View &m_view;
    QHash<std::decay_t<std::invoke_result_t<KeyOf, const T &>>, qsizetype> m_target;
};

template <class T, class KeyOf, class View>
void merge(QList<T> &rows, const QList<T> &fresh, KeyOf keyOf, View &view)
{
    Merge<T, KeyOf, View>(rows, fresh, keyOf, view).run();
}

} // namespace list_diff
