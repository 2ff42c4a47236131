#include "server/http/io_thread.h"

#include "server/http/epoll_dispatcher.h"
#include "server/http/problem_response.h"
#include "server/http/response_writer.h"

#include <QSslSocket>

#include <unistd.h>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcIo, "squad.http")

IoThread::IoThread(ServerState &state)
    : m_state(state)
{
    moveToThread(&m_thread);
    m_thread.setObjectName(u"squad-http"_s);
    m_thread.setEventDispatcher(new EpollDispatcher); // the thread takes it over
    m_thread.start();
    run([this] { start(); }, Qt::BlockingQueuedConnection);
}

IoThread::~IoThread()
{
    run([this] { stop(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void IoThread::start()
{
    m_mailbox = std::make_shared<Mailbox>(this, [this](Mailbox::Letter letter) {
        const auto found = m_connections.find(letter.connection);
        if (found != m_connections.end()) // else its client has gone
            found->second->deliver(letter.exchange, std::move(letter.response));
    });
    m_door = std::make_unique<WebSocketDoor>(m_state);
    m_timer = std::make_unique<QTimer>();
    connect(m_timer.get(), &QTimer::timeout, this, &IoThread::tick);
    m_timer->start(tickTime);
}

void IoThread::stop()
{
    m_timer.reset();
    for (const auto &[number, connection] : m_connections) {
        connection->disconnect(this);
        delete connection;
    }
    m_connections.clear();
    m_mailbox->close();
    m_door.reset();
}

void IoThread::run(std::function<void()> work, Qt::ConnectionType type)
{
    QMetaObject::invokeMethod(this, std::move(work), type);
}

void IoThread::adopt(qintptr descriptor, ConnectionCount::Admission admission)
{
    // std::function wants to be copyable, a lease is not.
    auto shared = std::make_shared<ConnectionCount::Admission>(std::move(admission));
    run([this, descriptor, shared] { serve(descriptor, std::move(*shared)); });
}

void IoThread::serve(qintptr descriptor, ConnectionCount::Admission admission)
{
    std::unique_ptr<QTcpSocket> socket
        = m_state.tls ? std::make_unique<QSslSocket>() : std::make_unique<QTcpSocket>();
    if (!socket->setSocketDescriptor(descriptor)) {
        ::close(static_cast<int>(descriptor));
        return;
    }
    auto *secure = qobject_cast<QSslSocket *>(socket.get());
    if (secure) {
        secure->setSslConfiguration(*m_state.tls);
        secure->startServerEncryption();
    }
    const quint64 number = ++m_lastConnection;
    auto *connection
        = new HttpConnection(m_state, *this, number, std::move(socket), *std::move(admission.lease));
    m_connections.emplace(number, connection);
    connect(connection, &HttpConnection::ended, this, [this](quint64 ended) {
        const auto found = m_connections.find(ended);
        found->second->deleteLater();
        m_connections.erase(found);
    });
    if (admission.verdict == ConnectionCount::Verdict::tooMany)
        connection->turnAway(busyResponse(u"There are too many connections."_s, {}).set("Retry-After", "1"));
    else if (admission.verdict == ConnectionCount::Verdict::tooManyFromAddress)
        connection->turnAway(problemResponse(
            { ProblemKind::tooMany, u"There are too many connections from your address."_s, {}, {}, {} }, {}
        ));
    else
        connection->serve();
    if (m_state.isDraining) // accepted just before
        connection->drain();
}

void IoThread::drain()
{
    run([this] {
        m_door->drain();
        std::vector<HttpConnection *> connections; // draining may end some at once
        for (const auto &[number, connection] : m_connections)
            connections.push_back(connection);
        for (HttpConnection *connection : connections)
            connection->drain();
    });
}

void IoThread::tick()
{
    const auto now = Exchange::Clock::now();
    std::vector<HttpConnection *> connections;
    connections.reserve(m_connections.size());
    for (const auto &[number, connection] : m_connections)
        connections.push_back(connection);
    for (HttpConnection *connection : connections) // deleted later, never at once
        connection->tick(now);
    m_door->tick();
}

Responder IoThread::responder(quint64 connection, const Exchange &exchange) const
{
    const auto deliver = [mailbox = m_mailbox, connection, number = exchange.number](Response response) {
        mailbox->post({ connection, number, std::move(response) });
    };
    return Responder(deliver, exchange.waiting);
}

const QByteArray &IoThread::date()
{
    const qint64 second = QDateTime::currentSecsSinceEpoch();
    if (second != m_dateSecond) {
        m_dateSecond = second;
        m_date = httpDate(second);
    }
    return m_date;
}
