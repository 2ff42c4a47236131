#include "shared/client/push_channel.h"

#include "shared/api/account.h"
#include "shared/client/feed_position.h"

#include <QNetworkRequest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcPush, "squad.client.push")

namespace {
constexpr quint64 maxMessageBytes = 1 << 20;
}

PushChannel::PushChannel(ApiClient &api, FeedPosition &position, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_position(position)
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &PushChannel::retryNow);
    m_ack.setSingleShot(true);
    m_ack.setInterval(250ms); // one acknowledgement for a burst
    connect(&m_ack, &QTimer::timeout, this, &PushChannel::sendAck);
    connect(&m_heartbeat, &QTimer::timeout, this, &PushChannel::beat);
    m_silence.setSingleShot(true);
    connect(&m_silence, &QTimer::timeout, this, [this] { lose(tr("The server fell silent.")); });
    setHeartbeat(20s, 10s);
}

PushChannel::~PushChannel()
{
    dropSocket();
}

void PushChannel::setHeartbeat(std::chrono::milliseconds every, std::chrono::milliseconds timeout)
{
    m_heartbeat.setInterval(every);
    m_silence.setInterval(timeout);
}

void PushChannel::open(const api::AccountId &account)
{
    close();
    m_account = account;
    m_since = m_position.of(m_api.server(), account);
    m_acknowledged = m_since;
    m_handshakeFailed = false;
    m_backoff.reset();
    connectNow();
}

void PushChannel::close()
{
    if (m_welcomed)
        sendAck();
    m_retry.stop();
    dropSocket();
    m_account = {};
    setState(State::closed);
}

void PushChannel::retryNow()
{
    if (m_state != State::waiting)
        return;
    m_retry.stop();
    if (m_handshakeFailed)
        checkThenConnect();
    else
        connectNow();
}

void PushChannel::probe()
{
    if (m_state == State::open)
        beat();
}

void PushChannel::subscribe(const QString &type, QObject *listener, Receive receive)
{
    Q_ASSERT_X(listener, "PushChannel::on", "events need a living owner");
    m_listeners[type].append({ listener, std::move(receive) });
}

// A handshake that fails hides its reason (QWebSocket 6.4 shows no status). An ordinary call finds out: it
// renews an expired token on its way, ends the session if that is over, and tells a dead server from a
// refused one.
void PushChannel::checkThenConnect()
{
    setState(State::connecting);
    m_api.call<api::me::Fetch>(CallOptions { .tries = 1 })
        .then(this, [this](const Result<api::Account> &account) {
            if (m_state != State::connecting)
                return;
            if (account)
                return connectNow();
            m_lastError = account.error().detail;
            waitAndRetry();
        });
}

void PushChannel::connectNow()
{
    setState(State::connecting);
    m_welcomed = false;
    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    m_socket->setMaxAllowedIncomingMessageSize(maxMessageBytes);
    m_socket->setMaxAllowedIncomingFrameSize(maxMessageBytes);
    m_socket->setSslConfiguration(m_api.tls());
    connect(m_socket, &QWebSocket::connected, this, [this] {
        m_socket->sendTextMessage(QString::fromUtf8(json::write(api::PushHello { m_since })));
        m_heartbeat.start();
        m_silence.start();
    });
    connect(m_socket, &QWebSocket::textMessageReceived, this, &PushChannel::receive);
    connect(m_socket, &QWebSocket::pong, &m_silence, &QTimer::stop);
    connect(m_socket, &QWebSocket::disconnected, this, [this] { lose(m_socket->closeReason()); });
    connect(m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this, [this] {
        lose(m_socket->errorString());
    });
    QNetworkRequest request(url());
    request.setRawHeader("Authorization"_ba, "Bearer " + m_api.accessToken());
    m_socket->open(request);
    m_silence.start(); // a server that takes the connection and says nothing is as good as none
}

void PushChannel::lose(const QString &why)
{
    m_lastError = why;
    m_handshakeFailed = !m_welcomed;
    dropSocket();
    waitAndRetry();
}

void PushChannel::waitAndRetry()
{
    const auto delay = m_backoff.next();
    m_nextTryAt = QDateTime::currentDateTimeUtc().addMSecs(delay.count());
    m_retry.start(delay);
    qCInfo(lcPush) << "connection lost:" << m_lastError << "- next try in" << delay.count() << "ms";
    setState(State::waiting);
}

void PushChannel::dropSocket()
{
    m_heartbeat.stop();
    m_silence.stop();
    m_ack.stop();
    m_welcomed = false;
    if (!m_socket)
        return;
    m_socket->disconnect(this); // what it still has to say belongs to the past
    m_socket->disconnect(&m_silence);
    m_socket->close();
    m_socket->deleteLater();
    m_socket = nullptr;
}

void PushChannel::receive(const QString &text)
{
    m_silence.stop(); // any word is a sign of life
    if (!m_welcomed)
        return welcome(text.toUtf8());
    const Result<api::PushMessage> message = json::parse<api::PushMessage>(text.toUtf8());
    if (!message) {
        qCWarning(lcPush) << "unreadable message:" << message.error().detail;
        return;
    }
    if (message->seq > m_since) // a repetition after a reconnect is no news
        deliver(*message);
}

void PushChannel::welcome(const QByteArray &text)
{
    const Result<api::PushWelcome> welcome = json::parse<api::PushWelcome>(text);
    if (!welcome)
        return lose(tr("The server greeted in a way this app does not understand."));
    m_welcomed = true;
    m_handshakeFailed = false;
    m_backoff.reset();
    m_lastError.clear();
    const bool isFirstTime = m_since == 0;
    // A feed that was made anew on the server counts from the start again; waiting for old numbers would wait
    // for ever.
    const bool hasRestarted = welcome->head < m_since;
    const bool isIncomplete = isFirstTime || welcome->gap || hasRestarted;
    if (isIncomplete) { // the lists that are loaded now hold all that came before the head
        m_since = welcome->head;
        m_acknowledged = m_since;
        m_position.remember(m_api.server(), m_account, m_since);
    }
    setState(State::open);
    emit opened();
    if (isIncomplete)
        emit gap();
}

void PushChannel::deliver(const api::PushMessage &message)
{
    QList<Listener> &listeners = m_listeners[message.type];
    listeners.removeIf([](const Listener &each) { return each.object.isNull(); });
    const QList<Listener> current = listeners; // a handler may subscribe or end others
    for (const Listener &each : current) {
        if (!each.object)
            continue;
        if (const Result<void> received = each.receive(message.payload); !received)
            qCWarning(lcPush) << "unreadable" << message.type << received.error().detail;
    }
    m_since = message.seq;
    if (m_state == State::open && !m_ack.isActive())
        m_ack.start();
}

void PushChannel::sendAck()
{
    if (!m_socket || m_since <= m_acknowledged)
        return;
    m_socket->sendTextMessage(QString::fromUtf8(json::write(api::PushAck { m_since })));
    m_acknowledged = m_since;
    m_position.remember(m_api.server(), m_account, m_since);
}

void PushChannel::beat()
{
    m_socket->ping();
    if (!m_silence.isActive())
        m_silence.start();
}

void PushChannel::setState(State state)
{
    if (std::exchange(m_state, state) != state || state == State::waiting)
        emit stateChanged();
}

QUrl PushChannel::url() const
{
    QUrl url = m_api.server();
    url.setScheme(url.scheme() == "https"_L1 ? u"wss"_s : u"ws"_s);
    url.setPath(toQString(api::basePath) + u"/push"_s);
    return url;
}
