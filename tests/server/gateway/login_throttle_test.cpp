#include "server/services/gateway/login_throttle.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const QString ada = u"ada@example.com"_s;
const QString home = u"192.0.2.1"_s;
const Instant start { 1'000'000s };

} // namespace

class LoginThrottleTest : public QObject
{
    Q_OBJECT

private slots:
    void theFirstTriesAreFree()
    {
        LoginThrottle throttle;
        for (int i = 0; i < 4; ++i)
            throttle.failed(ada, home, start);

        QCOMPARE(throttle.waitFor(ada, home, start), 0ms);
    }

    void everyFurtherFailureDoublesTheWait()
    {
        LoginThrottle throttle;
        for (int i = 0; i < 5; ++i)
            throttle.failed(ada, home, start);
        QCOMPARE(throttle.waitFor(ada, home, start), 1s);
        throttle.failed(ada, home, start);
        QCOMPARE(throttle.waitFor(ada, home, start), 2s);
        throttle.failed(ada, home, start);

        QCOMPARE(throttle.waitFor(ada, home, start), 4s);
        QCOMPARE(throttle.waitFor(ada, home, start + 3s), 1s);
        QCOMPARE(throttle.waitFor(ada, home, start + 4s), 0s);
    }

    void nobodyWaitsForever()
    {
        LoginThrottle throttle;
        for (int i = 0; i < 10'000; ++i)
            throttle.failed(ada, home, start);

        QCOMPARE(throttle.waitFor(ada, home, start), 5min);
        QCOMPARE(throttle.waitFor(ada, home, start + 5min), 0min);
        throttle.failed(ada, home, start + 31min);
        QCOMPARE(throttle.waitFor(ada, home, start + 31min), 0min);
    }

    void aSuccessForgives()
    {
        LoginThrottle throttle;
        for (int i = 0; i < 9; ++i)
            throttle.failed(ada, home, start);
        throttle.succeeded(ada, home);

        QCOMPARE(throttle.waitFor(ada, home, start), 0ms);
    }

    void aStrangersGuessesDoNotKeepTheOwnerOut()
    {
        LoginThrottle throttle;
        for (int i = 0; i < 40; ++i)
            throttle.failed(ada, u"198.51.100.7"_s, start);

        QVERIFY(throttle.waitFor(ada, u"198.51.100.7"_s, start) > 0ms);
        QCOMPARE(throttle.waitFor(ada, home, start), 0ms);
        QCOMPARE(throttle.waitForStranger(ada, start), 0ms);
    }

    void oneAddressCannotTryManyAccounts()
    {
        LoginThrottle throttle;
        for (int i = 0; i < 51; ++i)
            throttle.failed(u"victim%1@example.com"_s.arg(i), home, start);

        QVERIFY(throttle.waitFor(u"next@example.com"_s, home, start) > 0ms);
        QCOMPARE(throttle.waitFor(u"next@example.com"_s, u"192.0.2.2"_s, start), 0ms);
    }

    void manyAddressesCannotTryOneAccount()
    {
        LoginThrottle throttle;
        for (int i = 0; i < 200; ++i)
            throttle.failed(ada, u"198.51.100.%1"_s.arg(i), start);

        QCOMPARE(throttle.waitFor(ada, home, start), 0ms);
        QCOMPARE(throttle.waitForStranger(ada, start), 30s);
        QCOMPARE(throttle.waitForStranger(ada, start + 30s), 0s);
    }

    void anIpv6NetworkIsOneAddress()
    {
        LoginThrottle throttle;
        for (int i = 0; i < 10; ++i)
            throttle.failed(ada, u"2001:db8:1:2::%1"_s.arg(i), start);

        QVERIFY(throttle.waitFor(ada, u"2001:db8:1:2:ffff::1"_s, start) > 0ms);
        QCOMPARE(throttle.waitFor(ada, u"2001:db8:1:3::1"_s, start), 0ms);
    }

    void memoryIsBoundedAndTheNewestAreKept()
    {
        LoginThrottle throttle;
        for (int i = 0; i < 60'000; ++i)
            throttle.failed(
                u"%1@example.com"_s.arg(i), u"10.%1.%2.1"_s.arg(i / 256).arg(i % 256), start + i * 1ms
            );
        for (int i = 0; i < 9; ++i)
            throttle.failed(ada, home, start + 60s);

        QVERIFY(throttle.size() <= LoginThrottle::mostKept);
        QVERIFY(throttle.waitFor(ada, home, start + 60s) > 0ms);
    }
};

QTEST_APPLESS_MAIN(LoginThrottleTest)
#include "login_throttle_test.moc"
