#include "server/services/notification/vendor_pool.h"

#include <QTest>

using namespace std::chrono_literals;

namespace {

const Instant start { 1'800'000'000s };

// Vendors that nobody asks anything: only whose turn it is matters.
VendorPool pool(std::initializer_list<std::pair<int, int>> prioritiesAndWeights, double perSecond = 0)
{
    std::vector<VendorPool::Member> members;
    for (const auto &[priority, weight] : prioritiesAndWeights)
        members.push_back({ nullptr, priority, weight, perSecond });
    return VendorPool(std::move(members), { 1s, 60s });
}

} // namespace

class VendorPoolTest : public QObject
{
    Q_OBJECT

private slots:
    void theFirstByPriorityCarriesAll()
    {
        VendorPool vendors = pool({ { 2, 1 }, { 1, 1 } });
        for (int i = 0; i < 5; ++i) {
            const auto turn = vendors.next(start, 8);
            QVERIFY(turn);
            QCOMPARE(turn->member, size_t(1));
            QCOMPARE(turn->limit, 8);
            vendors.take(*turn, 8);
        }
    }

    void equalsShareByWeight()
    {
        VendorPool vendors = pool({ { 1, 3 }, { 1, 1 } });
        std::array<int, 2> carried {};
        for (int i = 0; i < 400; ++i) {
            const auto turn = vendors.next(start, 8);
            const int messages = 1 + i % 8;
            vendors.take(*turn, messages);
            carried.at(turn->member) += messages;
        }
        const double share = double(carried[0]) / (carried[0] + carried[1]);
        QVERIFY2(std::abs(share - 0.75) < 0.02, qPrintable(QString::number(share)));
    }

    void whoIsAwayIsLeftAloneForLongerAndLonger()
    {
        VendorPool vendors = pool({ { 1, 1 } });
        Instant now = start;
        QList<std::chrono::seconds> pauses;
        for (int i = 0; i < 8; ++i) {
            const auto turn = vendors.next(now, 8);
            QVERIFY(turn);
            QCOMPARE(turn->limit, i == 0 ? 8 : 1); // it is looked for with one
            vendors.report(*turn, DeliveryOutcome::away, now);
            QVERIFY(!vendors.next(now, 8));
            QVERIFY(vendors.isDeserted());
            pauses += std::chrono::floor<std::chrono::seconds>(vendors.pause(now));
            QVERIFY(!vendors.next(now + vendors.pause(now) - 1ms, 8));
            now += vendors.pause(now);
        }
        QCOMPARE(pauses, QList<std::chrono::seconds>({ 1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s }));

        vendors.report(*vendors.next(now, 8), DeliveryOutcome::sent, now);
        QCOMPARE(vendors.next(now, 8)->limit, 8);
        QVERIFY(!vendors.isDeserted());
    }

    void whileTheFirstIsAwayTheNextCarries()
    {
        VendorPool vendors = pool({ { 1, 1 }, { 2, 1 } });
        vendors.report(*vendors.next(start, 8), DeliveryOutcome::away, start);
        QCOMPARE(vendors.next(start, 8)->member, size_t(1));
        QCOMPARE(vendors.pause(start), 0ms);

        // And hands over again, after one message has found it.
        const Instant later = start + 1s;
        const auto probe = vendors.next(later, 8);
        QCOMPARE(probe->member, size_t(0));
        QCOMPARE(probe->limit, 1);
        vendors.report(*probe, DeliveryOutcome::sent, later);
        QCOMPARE(vendors.next(later, 8)->member, size_t(0));
    }

    void whoAnswersNothingIsAwayAndWhoRefusesIsNot()
    {
        for (const auto outcome :
             { DeliveryOutcome::sent, DeliveryOutcome::refused, DeliveryOutcome::later }) {
            VendorPool vendors = pool({ { 1, 1 } });
            vendors.report(*vendors.next(start, 8), outcome, start);
            QVERIFY(vendors.next(start, 8));
        }
        VendorPool vendors = pool({ { 1, 1 } });
        vendors.report(*vendors.next(start, 8), DeliveryOutcome::unknown, start);
        QVERIFY(!vendors.next(start, 8));
    }

    void whoReturnsDoesNotCatchUpAtOnce()
    {
        VendorPool vendors = pool({ { 1, 1 }, { 1, 1 } });
        vendors.report(*vendors.next(start, 8), DeliveryOutcome::away, start);
        for (int i = 0; i < 100; ++i)
            vendors.take(*vendors.next(start, 8), 8);
        const Instant later = start + 1s;
        const auto probe = vendors.next(later, 8);
        vendors.report(*probe, DeliveryOutcome::sent, later);
        std::array<int, 2> carried {};
        for (int i = 0; i < 10; ++i) {
            const auto turn = vendors.next(later, 8);
            vendors.take(*turn, 8);
            carried.at(turn->member) += 8;
        }
        QVERIFY(carried[0] >= 32 && carried[1] >= 32);
    }

    void nobodyIsGivenMoreThanTheyTakeInASecond()
    {
        VendorPool vendors = pool({ { 1, 1 } }, 10);
        Instant now = start;
        int given = 0;
        while (now < start + 10s) {
            if (const auto turn = vendors.next(now, 8)) {
                given += turn->limit;
                vendors.take(*turn, turn->limit);
            } else {
                QVERIFY(!vendors.isDeserted());
                QVERIFY(vendors.pause(now) > 0ms && vendors.pause(now) <= 101ms);
                now += vendors.pause(now);
            }
        }
        QVERIFY2(given >= 100 && given <= 111, qPrintable(QString::number(given)));
    }

    void whatIsTooMuchForTheFirstTheNextCarries()
    {
        VendorPool vendors = pool({ { 1, 1 }, { 2, 1 } }, 1);
        vendors.take(*vendors.next(start, 8), 1);
        QCOMPARE(vendors.next(start, 8)->member, size_t(1));
    }

    void aClockThatGoesBackGivesNothingAway()
    {
        VendorPool vendors = pool({ { 1, 1 } }, 1);
        vendors.take(*vendors.next(start, 8), 1);
        QVERIFY(!vendors.next(start - 1h, 8));
    }
};

QTEST_GUILESS_MAIN(VendorPoolTest)
#include "vendor_pool_test.moc"
