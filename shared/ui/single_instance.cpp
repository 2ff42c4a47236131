#include "shared/ui/single_instance.h"

#include <QCryptographicHash>
#include <QLocalSocket>

using namespace Qt::StringLiterals;

namespace {
constexpr int patienceMs = 1'000;
}

SingleInstance::SingleInstance(const QString &key, QObject *parent)
    : QObject(parent)
{
    const QByteArray hash
        = QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    m_name = u"sysops-squad-"_s + QString::fromLatin1(hash); // a socket's path is short
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *caller = m_server.nextPendingConnection())
            caller->deleteLater();
        emit raised();
    });
}

bool SingleInstance::claim()
{
    // Asked first: a server with access options takes over the socket of another one that listens.
    if (wakeOther())
        return false;
    QLocalServer::removeServer(m_name); // of one that crashed
    return m_server.listen(m_name);
}

bool SingleInstance::wakeOther() const
{
    QLocalSocket socket;
    socket.connectToServer(m_name);
    return socket.waitForConnected(patienceMs);
}
