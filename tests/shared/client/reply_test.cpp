#include "shared/client/reply.h"

#include <QTest>

class ReplyTest : public QObject
{
    Q_OBJECT
private slots:
    void anAnswerReachesItsListenerOnce();
    void anAnswerThatWasThereFirstIsDeliveredLater();
    void anAnswerWhoseListenerHasDiedIsDropped();
    void aListenerMayDieBetweenAnswerAndDelivery();
    void anUnansweredPromiseNeverCalls();
};

void ReplyTest::anAnswerReachesItsListenerOnce()
{
    QObject listener;
    QList<int> received;
    const Promise<int> promise;
    promise.reply().then(&listener, [&](Result<int> number) { received += *number; });

    promise.answer(7);

    QCOMPARE(received, QList<int> { 7 });
}

void ReplyTest::anAnswerThatWasThereFirstIsDeliveredLater()
{
    QObject listener;
    QList<int> received;
    const Promise<int> promise;
    promise.answer(7);

    promise.reply().then(&listener, [&](Result<int> number) { received += *number; });

    QVERIFY(received.isEmpty()); // the line after then() runs first
    QTRY_COMPARE(received, QList<int> { 7 });
}

void ReplyTest::anAnswerWhoseListenerHasDiedIsDropped()
{
    bool called = false;
    const Promise<int> promise;
    {
        QObject listener;
        promise.reply().then(&listener, [&](const Result<int> &) { called = true; });
    }

    promise.answer(7);

    QVERIFY(!called);
}

void ReplyTest::aListenerMayDieBetweenAnswerAndDelivery()
{
    bool called = false;
    const Promise<int> promise;
    promise.answer(7);
    {
        QObject listener;
        promise.reply().then(&listener, [&](const Result<int> &) { called = true; });
    }

    QCoreApplication::processEvents();

    QVERIFY(!called);
}

void ReplyTest::anUnansweredPromiseNeverCalls()
{
    QObject listener;
    bool called = false;
    {
        const Promise<int> promise;
        promise.reply().then(&listener, [&](const Result<int> &) { called = true; });
    }

    QCoreApplication::processEvents();

    QVERIFY(!called);
}

QTEST_GUILESS_MAIN(ReplyTest)
#include "reply_test.moc"
