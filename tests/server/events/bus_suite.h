#pragma once

#include "tests/server/events/bus_probe.h"

#include <QTest>

// What the tests want to be short, or so long that it cannot matter.
struct BusTuning
{
    int attempts = 1000;
    std::chrono::milliseconds firstRetry { 1 };
    std::chrono::milliseconds lastRetry { 20 };
    // How long a consumer that nobody wakes may sleep. Nothing but a lost connection may make a bus need it.
    std::chrono::milliseconds poll { std::chrono::hours(1) };
};

// What every implementation of EventBus has to stand. A test of one derives from this and says how to make
// it.
class BusSuite : public QObject
{
    Q_OBJECT

protected:
    // One node's bus. Several on one database are several nodes.
    virtual std::unique_ptr<EventBus> makeBus(TestDatabase &test, const BusTuning &tuning) = 0;

    static constexpr int patience = 30'000; // milliseconds until a condition counts as never met

    std::unique_ptr<EventBus>
    startBus(const BusTuning &tuning, const QList<std::shared_ptr<Consumer>> &consumers);
    [[nodiscard]] GroupHealth healthOf(EventBus &bus, const QString &group);

    std::unique_ptr<BusProbe> m_probe; // a fresh one for each test

private slots:
    void init();
    void cleanup();

    void anEventArrivesAsItWasPublished();
    void anIdleConsumerIsWokenByTheCommit();
    void whatIsRolledBackWasNeverPublished();
    void everyGroupGetsEveryEventOfItsTypes();
    void aWholeTopicCanBeConsumed();
    void manyEventsOfOneTransactionArriveInOrder();
    void aNewGroupStartsWithTheOldestEventKept();
    void aGroupGoesOnWhereItStopped();

    void noEventIsLostBetweenConcurrentCommits();
    void eventsOfALongTransactionArriveAfterItCommits();
    void severalNodesShareAGroupWithoutDoubleEffects();
    void lostConnectionsLoseNothing();

    void aFailedEventIsTriedAgainUntilItSucceeds();
    void aHandlerThatThrowsHasFailed();
    void aFailureUndoesWhatItsHandlerWrote();
    void aPoisonEventBlocksItsOwnKeyOnly();
    void aFailingEndOfABatchBlamesTheEventThatCausesIt();
    void afterItsLastAttemptAnEventIsADeadLetterAndItsKeyGoesOn();
    void aReplayedDeadLetterIsDelivered();
    void replayingWhatIsNoDeadLetterIsNotFound();

    void healthShowsWhatWaits();
    void stoppingWaitsForTheRunningHandler();
    void aWatcherReadsWhatWasCommittedLast();
};
