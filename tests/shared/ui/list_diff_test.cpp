#include "shared/ui/table_model.h"

#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

struct Item
{
    int id = 0;
    QString text;

    bool operator==(const Item &) const = default;
};

using Model = TableModel<Item, int>;

QList<Item> items(const QList<int> &ids)
{
    QList<Item> items;
    for (const int id : ids)
        items += Item { id, QString::number(id) };
    return items;
}

Model makeModel()
{
    return { &Item::id, { { u"Text"_s, [](const Item &item) { return item.text; } } } };
}

// Counts what a view would hear.
struct Steps
{
    explicit Steps(const Model &model)
        : removed(&model, &Model::rowsRemoved)
        , inserted(&model, &Model::rowsInserted)
        , moved(&model, &Model::rowsMoved)
        , changed(&model, &Model::dataChanged)
    {
    }

    QSignalSpy removed;
    QSignalSpy inserted;
    QSignalSpy moved;
    QSignalSpy changed;
};

} // namespace

class ListDiffTest : public QObject
{
    Q_OBJECT
private slots:
    void theSameListIsNoNews();
    void neighboursGoInOneStep();
    void neighboursComeInOneStep();
    void aRowThatWandersMovesAlone();
    void aRowThatGoesToTheEndMovesAlone();
    void changedNeighboursAreToldTogether();
    void whatIsSelectedStaysSelected();
    void anyListBecomesAnyOther();
    void aRowIsFoundByItsKey();
    void headersAndCellsTellTheirColumn();
};

void ListDiffTest::theSameListIsNoNews()
{
    Model model = makeModel();
    model.merge(items({ 1, 2, 3 }));
    const Steps steps(model);

    model.merge(items({ 1, 2, 3 }));

    QVERIFY(
        steps.removed.isEmpty() && steps.inserted.isEmpty() && steps.moved.isEmpty()
        && steps.changed.isEmpty()
    );
}

void ListDiffTest::neighboursGoInOneStep()
{
    Model model = makeModel();
    model.merge(items({ 1, 2, 3, 4, 5 }));
    const Steps steps(model);

    model.merge(items({ 1, 5 }));

    QCOMPARE(steps.removed.size(), 1);
    QCOMPARE(model.rows(), items({ 1, 5 }));
}

void ListDiffTest::neighboursComeInOneStep()
{
    Model model = makeModel();
    model.merge(items({ 1, 5 }));
    const Steps steps(model);

    model.merge(items({ 1, 2, 3, 4, 5 }));

    QCOMPARE(steps.inserted.size(), 1);
    QCOMPARE(model.rows(), items({ 1, 2, 3, 4, 5 }));
}

void ListDiffTest::aRowThatWandersMovesAlone()
{
    Model model = makeModel();
    model.merge(items({ 1, 2, 3, 4, 5 }));
    const Steps steps(model);

    model.merge(items({ 5, 1, 2, 3, 4 }));

    QCOMPARE(steps.moved.size(), 1);
    QVERIFY(steps.removed.isEmpty() && steps.inserted.isEmpty());
}

void ListDiffTest::aRowThatGoesToTheEndMovesAlone()
{
    Model model = makeModel();
    model.merge(items({ 1, 2, 3, 4, 5 }));
    const Steps steps(model);

    model.merge(items({ 2, 3, 4, 5, 1 }));

    QCOMPARE(steps.moved.size(), 1);
    QCOMPARE(model.rows(), items({ 2, 3, 4, 5, 1 }));
}

void ListDiffTest::changedNeighboursAreToldTogether()
{
    Model model = makeModel();
    model.merge(items({ 1, 2, 3, 4 }));
    const Steps steps(model);
    QList<Item> fresh = items({ 1, 2, 3, 4 });
    fresh[1].text = u"two"_s;
    fresh[2].text = u"three"_s;

    model.merge(fresh);

    QCOMPARE(steps.changed.size(), 1);
    QCOMPARE(model.rows(), fresh);
}

void ListDiffTest::whatIsSelectedStaysSelected()
{
    Model model = makeModel();
    model.merge(items({ 1, 2, 3, 4, 5 }));
    const QPersistentModelIndex selected = model.index(3, 0); // 4

    model.merge(items({ 9, 4, 8, 1, 7 }));

    QVERIFY(selected.isValid());
    QCOMPARE(selected.data().toString(), u"4"_s);
}

void ListDiffTest::anyListBecomesAnyOther()
{
    QRandomGenerator random(20261123);
    Model model = makeModel();
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int round = 0; round < 500; ++round) {
        QList<int> ids;
        for (int id = 0; id < 12; ++id) {
            if (random.bounded(3) > 0)
                ids.insert(random.bounded(int(ids.size()) + 1), id);
        }
        QList<Item> fresh = items(ids);
        for (Item &item : fresh)
            item.text += QString::number(random.bounded(2));
        const QPersistentModelIndex watched = model.index(model.rowCount() / 2, 0);
        const int watchedId = watched.isValid() ? model.at(watched.row()).id : -1;

        model.merge(fresh);

        QCOMPARE(model.rows(), fresh);
        QCOMPARE(watched.isValid(), ids.contains(watchedId));
        if (watched.isValid())
            QCOMPARE(model.at(watched.row()).id, watchedId);
    }
}

void ListDiffTest::aRowIsFoundByItsKey()
{
    Model model = makeModel();
    model.merge(items({ 7, 8 }));

    QCOMPARE(model.rowOf(8), std::optional(1));
    QVERIFY(!model.rowOf(9));
}

void ListDiffTest::headersAndCellsTellTheirColumn()
{
    Model model { &Item::id,
                  { { u"Number"_s, [](const Item &item) { return item.id; }, {}, {}, {}, Qt::AlignRight },
                    { u"Text"_s, [](const Item &item) { return item.text; } } } };
    model.append(items({ 3 }));

    QCOMPARE(model.columnCount(), 2);
    QCOMPARE(model.headerData(0, Qt::Horizontal).toString(), u"Number"_s);
    QCOMPARE(model.index(0, 0).data().toInt(), 3);
    QCOMPARE(model.index(0, 0).data(Qt::TextAlignmentRole).toInt(), int(Qt::AlignRight));
    QCOMPARE(model.index(0, 1).data(Qt::AccessibleTextRole).toString(), u"3"_s);
}

QTEST_GUILESS_MAIN(ListDiffTest)
#include "list_diff_test.moc"
