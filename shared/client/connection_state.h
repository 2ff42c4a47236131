#pragma once

#include "shared/client/push_channel.h"

// What to tell the person about the connection: whether what they see is live, and if not, since when and
// what happens next. A hiccup that is over before anybody could act on it is not mentioned.
class ConnectionState : public QObject
{
    Q_OBJECT
public:
    enum class Phase {
        signedOut,
        connecting, // for the first time
        online,
        reconnecting, // lost moments ago
        offline, // lost for longer: what is on the screen may be out of date
    };

    static constexpr std::chrono::milliseconds grace { 2'000 };
    static constexpr std::chrono::milliseconds patience { 15'000 };

    ConnectionState(ApiClient &api, PushChannel &push, QObject *parent = nullptr);

    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] bool isStale() const { return m_phase == Phase::offline; }
    [[nodiscard]] const QDateTime &lostAt() const { return m_lostAt; }
    // Whole seconds until the next try; none while one is under way.
    [[nodiscard]] std::optional<int> secondsToRetry() const;
    void retryNow() { m_push.retryNow(); }

signals:
    void changed(); // also once a second while counting down

private:
    void observe();
    void setPhase(Phase phase);

    PushChannel &m_push;
    Phase m_phase = Phase::signedOut;
    bool m_wasOnline = false;
    QDateTime m_lostAt;
    QTimer m_second;
};
