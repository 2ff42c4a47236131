#include "tests/server/push/push_node.h"

#include "shared/core/clock.h"

#include <QUrlQuery>
#include <QWebSocket>

using namespace Qt::StringLiterals;

namespace {

Caller callerOf(const QUrl &url)
{
    const QUrlQuery query(url);
    Caller caller;
    caller.account = *api::AccountId::parse(query.queryItemValue(u"account"_s));
    caller.session = *api::SessionId::parse(query.queryItemValue(u"session"_s));
    caller.role = *enumFromName<api::Role>(query.queryItemValue(u"role"_s));
    return caller;
}

Caller somebody(api::Role role)
{
    Caller caller;
    caller.account = api::AccountId::make();
    caller.session = api::SessionId::make();
    caller.role = role;
    return caller;
}

} // namespace

PushNode::PushNode(TestDatabase &test, PushHub::Options options)
    : m_database(test.database())
{
    options.url = test.url();
    m_hub = std::make_unique<PushHub>(m_database, std::move(options));
    m_hub->start();
    m_thread.start();
    m_server = new QWebSocketServer(u"push"_s, QWebSocketServer::NonSecureMode);
    m_server->moveToThread(&m_thread);
    QMetaObject::invokeMethod(
        m_server,
        [this] {
            QObject::connect(m_server, &QWebSocketServer::newConnection, m_server, [this] {
                QWebSocket *socket = m_server->nextPendingConnection();
                QObject::connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
                QObject::connect(socket, &QWebSocket::bytesWritten, socket, [this, socket] {
                    m_longestQueue = std::max(m_longestQueue.load(), socket->bytesToWrite());
                });
                m_hub->accept(callerOf(socket->requestUrl()), socket);
            });
            if (!m_server->listen(QHostAddress::LocalHost))
                qFatal("cannot listen");
            m_port = m_server->serverPort();
        },
        Qt::BlockingQueuedConnection
    );
}

PushNode::~PushNode()
{
    // As when a server is killed: nobody says good-bye.
    QMetaObject::invokeMethod(
        m_server, [this] { delete m_server; }, Qt::BlockingQueuedConnection
    );
    m_thread.quit();
    m_thread.wait();
    m_hub.reset();
}

QUrl PushNode::url(const Caller &caller) const
{
    return QUrl(u"ws://127.0.0.1:%1/?account=%2&session=%3&role=%4"_s.arg(
        QString::number(m_port), caller.account.toString(), caller.session.toString(), enumName(caller.role)
    ));
}

void PushNode::publish(const QList<PushFeed::Entry> &entries)
{
    const auto published = m_database.transact(PushFeed::role, [&](Session &session) -> Result<void> {
        const QList<FeedRow> rows = TRY(PushFeed::append(session, entries, SystemClock().now()));
        session.afterCommit([this, rows] { m_hub->deliver(rows); });
        return {};
    });
    if (!published)
        qFatal("cannot publish: %s", qPrintable(published.error().detail));
}

Caller customer()
{
    return somebody(api::Role::customer);
}

Caller manager()
{
    return somebody(api::Role::manager);
}

PushFeed::Entry note(const Audience &audience, const QString &text)
{
    return { audience, u"test.note"_s, { { u"text"_s, text } } };
}
