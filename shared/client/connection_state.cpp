#include "shared/client/connection_state.h"

using namespace std::chrono_literals;

ConnectionState::ConnectionState(ApiClient &api, PushChannel &push, QObject *parent)
    : QObject(parent)
    , m_push(push)
{
    m_second.setInterval(1s);
    connect(&m_second, &QTimer::timeout, this, &ConnectionState::observe);
    connect(&m_push, &PushChannel::stateChanged, this, &ConnectionState::observe);
    // Each kind of traffic knows something that the other has not noticed yet.
    connect(&api, &ApiClient::unanswered, &m_push, &PushChannel::probe);
    connect(&api, &ApiClient::answered, &m_push, [&push] {
        if (push.state() == PushChannel::State::waiting)
            push.retryNow();
    });
    observe();
}

std::optional<int> ConnectionState::secondsToRetry() const
{
    if (m_push.state() != PushChannel::State::waiting)
        return std::nullopt;
    const qint64 ms = QDateTime::currentDateTimeUtc().msecsTo(m_push.nextTryAt());
    return static_cast<int>(std::max<qint64>(0, (ms + 999) / 1000));
}

void ConnectionState::observe()
{
    switch (m_push.state()) {
    case PushChannel::State::closed:
        m_wasOnline = false;
        m_lostAt = {};
        return setPhase(Phase::signedOut);
    case PushChannel::State::open:
        m_wasOnline = true;
        m_lostAt = {};
        return setPhase(Phase::online);
    case PushChannel::State::connecting:
    case PushChannel::State::waiting:
        break;
    }
    if (!m_lostAt.isValid())
        m_lostAt = QDateTime::currentDateTimeUtc();
    const auto lostFor = std::chrono::milliseconds(m_lostAt.msecsTo(QDateTime::currentDateTimeUtc()));
    if (lostFor >= patience)
        setPhase(Phase::offline);
    else if (!m_wasOnline)
        setPhase(Phase::connecting);
    else
        setPhase(lostFor < grace ? Phase::online : Phase::reconnecting);
}

void ConnectionState::setPhase(Phase phase)
{
    const bool isUnderWay
        = m_push.state() == PushChannel::State::connecting || m_push.state() == PushChannel::State::waiting;
    if (isUnderWay && !m_second.isActive())
        m_second.start();
    else if (!isUnderWay)
        m_second.stop();
    if (std::exchange(m_phase, phase) != phase || isUnderWay)
        emit changed();
}
