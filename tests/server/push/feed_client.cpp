#include "tests/server/push/feed_client.h"

using namespace Qt::StringLiterals;

void FeedClient::open(const QUrl &url)
{
    drop();
    m_isWelcome = false;
    m_closeCode = 0;
    m_socket = std::make_unique<QWebSocket>();
    connect(m_socket.get(), &QWebSocket::connected, this, [this] {
        m_socket->sendTextMessage(QString::fromUtf8(json::write(api::PushHello { m_since })));
    });
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &FeedClient::receive);
    connect(m_socket.get(), &QWebSocket::disconnected, this, [this] { m_closeCode = m_socket->closeCode(); });
    m_socket->open(url);
}

void FeedClient::drop()
{
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket->abort();
    m_socket.reset();
}

QStringList FeedClient::texts() const
{
    QStringList texts;
    for (const api::PushMessage &message : m_messages)
        texts += message.payload.value(u"text"_s).toString();
    return texts;
}

QList<qint64> FeedClient::numbers() const
{
    QList<qint64> numbers;
    for (const api::PushMessage &message : m_messages)
        numbers += message.seq;
    return numbers;
}

void FeedClient::receive(const QString &text)
{
    if (!m_isWelcome) {
        const auto welcome = json::parse<api::PushWelcome>(text.toUtf8());
        m_isUpset = m_isUpset || !welcome;
        m_welcomes += welcome.value_or(api::PushWelcome());
        m_isWelcome = true;
        if (m_since == 0 || m_welcomes.last().gap)
            m_since = m_welcomes.last().head;
        return;
    }
    const auto message = json::parse<api::PushMessage>(text.toUtf8());
    m_isUpset = m_isUpset || !message || message->seq <= m_since;
    m_messages += message.value_or(api::PushMessage());
    m_since = m_messages.last().seq;
}
