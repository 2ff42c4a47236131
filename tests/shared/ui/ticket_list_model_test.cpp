#include "shared/ui/ticket/ticket_list_model.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace Qt::StringLiterals;
using Summary = api::TicketSummary;

// Rows that are counted, and of which some are here.
class TicketListModelTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_all.clear();
        for (int i = 1000; i > 0; --i)
            m_all += ticket(i * 2); // room for one between any two
        m_model = std::make_unique<TicketListModel>(QList<TicketListModel::Column> {
            { u"Number"_s, [](const Summary &each) { return each.number; } } });
        new QAbstractItemModelTester(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest, m_model.get()
        );
    }

    void theFirstOnesAreShownBeforeAllAreCounted()
    {
        m_model->begin(m_all.first(200));
        QCOMPARE(m_model->rowCount(), 200);
        layOut();
        QCOMPARE(m_model->rowCount(), 1000);
        QCOMPARE(m_model->at(199)->number, m_all.at(199).number);
        QVERIFY(!m_model->at(200));
        QCOMPARE(m_model->index(200, 0).data().toString(), u"…"_s);
        QVERIFY(!m_model->missing(0, 199));
    }

    void whatIsLookedAtIsFilledIn()
    {
        layOut();
        const auto stretch = m_model->missing(390, 410);
        QVERIFY(stretch);
        QCOMPARE(stretch->place, 1);
        QCOMPARE(stretch->after, m_all.at(199).id);
        QCOMPARE(stretch->end, m_all.at(399).id);
        m_model->fill(1, m_all.mid(200, 200));
        QCOMPARE(m_model->at(390)->number, m_all.at(390).number);
        QCOMPARE(m_model->rowOf(m_all.at(390).id), 390);
        QCOMPARE(m_model->missing(390, 410)->place, 2);
    }

    void theLastStretchEndsWhereTheListDoes()
    {
        m_all.resize(950);
        layOut();
        const auto last = m_model->missing(949, 949);
        QVERIFY(last && !last->end);
        m_model->fill(last->place, m_all.mid(800));
        QCOMPARE(m_model->at(949)->number, m_all.at(949).number);
        QVERIFY(!m_model->missing(949, 5000));
    }

    void aStretchThatHasChangedMovesAllBehindIt()
    {
        layOut();
        m_model->fill(4, m_all.mid(800));
        m_model->fill(2, m_all.mid(400, 195)); // five have gone since they were counted
        QCOMPARE(m_model->rowCount(), 995);
        QCOMPARE(m_model->rowOf(m_all.at(900).id), 895);
        m_model->fill(3, m_all.mid(600, 200) + QList<Summary> {});
        QCOMPARE(m_model->at(595)->number, m_all.at(600).number);
    }

    void comingAndGoingKeepsEveryRowInItsPlace()
    {
        layOut();
        m_model->fill(4, m_all.mid(800));
        m_model->insert(ticket(3000)); // the newest
        m_model->insert(ticket(1401)); // where nothing is here
        m_model->insert(ticket(101)); // among those that are
        QCOMPARE(m_model->rowCount(), 1003);
        QCOMPARE(m_model->at(0)->number, u"T-3000"_s);
        QCOMPARE(m_model->at(*m_model->rowOf(ticket(101).id))->number, u"T-101"_s);
        QCOMPARE(*m_model->rowOf(ticket(102).id) + 1, *m_model->rowOf(ticket(101).id));
        QCOMPARE(*m_model->rowOf(m_all.at(900).id), 902);

        m_model->remove(ticket(101).id);
        m_model->remove(ticket(1401).id);
        m_model->remove(ticket(3000).id);
        QCOMPARE(m_model->rowCount(), 1000);
        QCOMPARE(*m_model->rowOf(m_all.at(900).id), 900);
    }

    void aNewCountKeepsWhatIsShownUntilItIsReadAnew()
    {
        layOut();
        m_model->fill(1, m_all.mid(200, 200));
        m_all.removeAt(950);
        layOut();
        QCOMPARE(m_model->rowCount(), 999);
        QCOMPARE(m_model->at(300)->number, m_all.at(300).number);
        QCOMPARE(m_model->missing(300, 310)->place, 1);
    }

    void onlyWhatIsNearIsKept()
    {
        m_all.clear();
        for (int i = 20'000; i > 0; --i)
            m_all += ticket(i);
        layOut();
        for (int place = 0; place < 100; ++place) {
            m_model->forgetFarFrom(place * 200, place * 200 + 30);
            m_model->fill(place, m_all.mid(place * 200, 200));
        }
        int here = 0;
        for (int row = 0; row < m_model->rowCount(); ++row)
            here += m_model->at(row) ? 1 : 0;
        QVERIFY2(here >= 200 && here <= 41 * 200, qPrintable(QString::number(here)));
        QVERIFY(!m_model->at(0));
        QCOMPARE(m_model->missing(0, 20)->place, 0);
    }

    void anEmptyListIsNoTrouble()
    {
        m_model->begin({});
        m_model->layOut(0, {}, {});
        QVERIFY(!m_model->missing(0, 100));
        m_model->forgetFarFrom(0, 0);
        m_model->insert(ticket(1));
        QCOMPARE(m_model->rowCount(), 1);
        m_model->remove(ticket(1).id);
        m_model->remove(ticket(1).id);
        QCOMPARE(m_model->rowCount(), 0);
    }

private:
    static Summary ticket(int number)
    {
        Summary summary;
        summary.id = api::TicketId(QUuid(
            0x01900000,
            0,
            0x7000,
            0x80,
            0,
            0,
            0,
            uchar(number >> 24),
            uchar(number >> 16),
            uchar(number >> 8),
            uchar(number)
        ));
        summary.number = u"T-%1"_s.arg(number);
        return summary;
    }

    void layOut()
    {
        QList<api::TicketId> ends;
        for (qsizetype i = api::TicketLadder::step; i <= m_all.size(); i += api::TicketLadder::step)
            ends += m_all.at(i - 1).id;
        m_model->layOut(m_all.size(), ends, m_all.first(200));
    }

    QList<Summary> m_all;
    std::unique_ptr<TicketListModel> m_model;
};

QTEST_GUILESS_MAIN(TicketListModelTest)
#include "ticket_list_model_test.moc"
