#pragma once

#include "shared/api/push.h"
#include "shared/client/api_client.h"
#include "shared/client/backoff.h"

#include <QPointer>
#include <QTimer>
#include <QWebSocket>

class FeedPosition;

// The live line to the server: receives what concerns the account as it happens, and after any interruption
// first what was missed. Reconnects by itself, soon at first and then less and less often.
class PushChannel : public QObject
{
    Q_OBJECT
public:
    enum class State {
        closed, // nobody is signed in
        connecting,
        open,
        waiting, // for the next try, at nextTryAt()
    };

    PushChannel(ApiClient &api, FeedPosition &position, QObject *parent = nullptr);
    ~PushChannel() override;

    void open(const api::AccountId &account);
    void close();
    void retryNow();
    void probe(); // asks the server for a sign of life now, and reconnects if none comes

    // Calls the handler with each event of type E for as long as the listener lives.
    template <class E>
    void on(QObject *listener, std::function<void(const E &)> handler)
    {
        subscribe(
            toQString(E::type),
            listener,
            [handler = std::move(handler)](const QJsonObject &payload) -> Result<void> {
                handler(TRY(json::fromJson<E>(payload)));
                return {};
            }
        );
    }

    void setHeartbeat(std::chrono::milliseconds every, std::chrono::milliseconds timeout);

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const QDateTime &nextTryAt() const { return m_nextTryAt; }
    [[nodiscard]] const QString &lastError() const { return m_lastError; }

signals:
    void stateChanged();
    void opened(); // what is shown is live from now on; what failed before is worth another try
    void gap(); // events are missing that the server no longer keeps, or never were seen: load lists anew

private:
    using Receive = std::function<Result<void>(const QJsonObject &)>;
    struct Listener
    {
        QPointer<QObject> object;
        Receive receive;
    };

    void subscribe(const QString &type, QObject *listener, Receive receive);
    void connectNow();
    void checkThenConnect();
    void lose(const QString &why);
    void waitAndRetry();
    void dropSocket();
    void receive(const QString &text);
    void welcome(const QByteArray &text);
    void deliver(const api::PushMessage &message);
    void sendAck();
    void beat();
    void setState(State state);
    [[nodiscard]] QUrl url() const;

    ApiClient &m_api;
    FeedPosition &m_position;
    api::AccountId m_account;
    QWebSocket *m_socket = nullptr;
    State m_state = State::closed;
    bool m_welcomed = false;
    bool m_handshakeFailed = false;
    qint64 m_since = 0;
    qint64 m_acknowledged = 0;
    QHash<QString, QList<Listener>> m_listeners;
    Backoff m_backoff { std::chrono::milliseconds(500), std::chrono::milliseconds(30'000) };
    QTimer m_retry;
    QTimer m_ack;
    QTimer m_heartbeat;
    QTimer m_silence;
    QDateTime m_nextTryAt;
    QString m_lastError;
};
