#include "server/push/push_session.h"

#include "server/push/push_hub.h"
#include "server/push/push_lane.h"

#include <QWebSocket>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcPushSession, "squad.push")

PushSession::PushSession(PushHub &hub, PushLane &lane, Caller caller, QWebSocket *socket)
    : QObject(socket)
    , m_hub(hub)
    , m_lane(lane)
    , m_caller(std::move(caller))
    , m_audiences(Audience::of(m_caller.account).name())
    , m_socket(socket)
{
    if (m_caller.isStaff())
        m_audiences += Audience::staff().name();
    m_lane.add(this);
    connect(socket, &QWebSocket::textMessageReceived, this, &PushSession::onText);
    connect(socket, &QWebSocket::binaryMessageReceived, this, &PushSession::onBinary);
    connect(socket, &QWebSocket::pong, this, [this] { m_unanswered = 0; });
    connect(socket, &QWebSocket::bytesWritten, this, &PushSession::goOn);
    connect(socket, &QWebSocket::disconnected, this, [this] {
        m_state = State::closed;
        m_lane.remove(this);
    });
    connect(&m_timer, &QTimer::timeout, this, &PushSession::beat);
    m_timer.start(m_hub.limits().helloTime);
}

PushSession::~PushSession()
{
    m_lane.remove(this);
    m_hub.leave(m_caller);
}

QString PushSession::textOf(const FeedRow &row)
{
    return QString::fromUtf8(json::write(api::PushMessage { row.seq, row.type, row.at, row.payload }));
}

void PushSession::onText(const QString &text)
{
    m_unanswered = 0;
    if (m_state == State::closed)
        return;
    if (m_state == State::greeting)
        greet(text.toUtf8());
    else
        acknowledge(text.toUtf8());
}

void PushSession::onBinary()
{
    close(PushClose::unreadable, u"Messages are JSON text."_s);
}

void PushSession::greet(const QByteArray &text)
{
    const Result<api::PushHello> hello = json::parse<api::PushHello>(text);
    if (!hello || hello->since < 0)
        return close(PushClose::unreadable, u"The first message must be {\"since\": number}."_s);
    m_sent = hello->since;
    m_timer.start(m_hub.limits().heartbeat);
    read();
}

void PushSession::acknowledge(const QByteArray &text)
{
    const Result<api::PushAck> ack = json::parse<api::PushAck>(text);
    if (!ack || ack->ack < 0)
        return close(PushClose::unreadable, u"Messages after the first must be {\"ack\": number}."_s);
    m_hub.acknowledge(m_caller.account, ack->ack);
}

void PushSession::read()
{
    m_state = State::reading;
    // The answer comes from another thread; the lane outlives it, and knows whether this session still does.
    m_hub.backlog()
        .read(m_audiences, m_sent, [lane = &m_lane, self = QPointer(this)](Result<PushFeed::Page> page) {
            QMetaObject::invokeMethod(lane, [self, page = std::move(page)] {
                if (self)
                    self->onPage(page);
            });
        });
}

void PushSession::onPage(const Result<PushFeed::Page> &page)
{
    if (m_state != State::reading)
        return;
    if (!page)
        return close(PushClose::retry, u"The feed cannot be read at the moment."_s);
    if (!m_welcomed && welcome(*page)) {
        m_sent = page->head;
    } else if (page->gap) {
        // What came next was trimmed while a slow client read what came before.
        return close(PushClose::retry, u"The feed has moved on."_s);
    } else {
        sendPage(*page);
    }
    if (m_state == State::closed)
        return; // the peer went away while we wrote
    m_state = State::full;
    goOn();
}

// As much of it as fits into the queue; the rest is read again when there is room.
void PushSession::sendPage(const PushFeed::Page &page)
{
    for (const FeedRow &row : page.rows) {
        if (m_socket->bytesToWrite() > m_hub.limits().queueBytes)
            return;
        send(textOf(row));
        m_sent = row.seq;
    }
    if (page.isLast)
        m_sent = std::max(m_sent, page.head);
}

// True if the client goes on from the end of the feed: because it is new, because what it saw last is from
// another life of this server, or because it must load its lists anyway.
bool PushSession::welcome(const PushFeed::Page &page)
{
    const bool isNew = m_sent == 0 || m_sent > page.head;
    const bool gap = page.gap && !isNew;
    m_welcomed = true;
    send(QString::fromUtf8(json::write(api::PushWelcome { page.head, gap })));
    return isNew || gap;
}

// After a page, and each time the peer has taken something.
void PushSession::goOn()
{
    if (m_state != State::full || m_socket->bytesToWrite() > m_hub.limits().resumeBytes)
        return;
    // If the live ones have got nothing that is missing here, this is one of them from now on.
    if (m_lane.delivered() <= m_sent)
        m_state = State::live;
    else
        read();
}

void PushSession::offer(qint64 seq, const QString &text)
{
    if (m_state != State::live || seq <= m_sent)
        return;
    send(text);
    m_sent = seq;
    if (m_state == State::live && m_socket->bytesToWrite() > m_hub.limits().queueBytes)
        m_state = State::full;
}

void PushSession::catchUp()
{
    if (m_state == State::live)
        read();
}

void PushSession::checkSignIn()
{
    if (m_hub.isEnded(m_caller))
        close(PushClose::refused, u"You are signed out."_s);
}

void PushSession::send(const QString &text)
{
    m_socket->sendTextMessage(text);
}

void PushSession::beat()
{
    if (m_state == State::closed)
        return m_socket->abort(); // the peer did not even say good-bye
    if (m_state == State::greeting)
        return close(PushClose::unreadable, u"The first message is overdue."_s);
    checkSignIn();
    if (m_state == State::closed)
        return;
    if (m_unanswered >= m_hub.limits().missedBeats) {
        qCInfo(lcPushSession).noquote() << "no sign of life from" << m_caller.account.toString();
        return m_socket->abort();
    }
    ++m_unanswered;
    m_socket->ping();
}

void PushSession::close(PushClose code, const QString &reason)
{
    if (std::exchange(m_state, State::closed) == State::closed)
        return;
    m_lane.remove(this);
    m_timer.start(m_hub.limits().goodbyeTime);
    m_socket->close(static_cast<QWebSocketProtocol::CloseCode>(code), reason);
}
