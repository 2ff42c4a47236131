#include "tests/doubles/message_vendor/smtp_sink.h"

#include <QFile>
#include <QPointer>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>

#include <atomic>
#include <mutex>

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostKept = 2000;

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QSslKey keyIn(const QString &path)
{
    const QByteArray pem = contentOf(path);
    const QSslKey key(pem, QSsl::Rsa);
    return key.isNull() ? QSslKey(pem, QSsl::Ec) : key;
}

} // namespace

class SmtpSink::Door : public QTcpServer
{
public:
    explicit Door(const Options &options)
        : m_options(options)
    {
    }

    std::atomic<Manner> manner = Manner::takes;

    void keep(const Received &mail)
    {
        const std::lock_guard lock(m_mutex);
        m_received.append(mail);
        if (m_received.size() > mostKept)
            m_received.removeFirst();
    }

    [[nodiscard]] QList<Received> received() const
    {
        const std::lock_guard lock(m_mutex);
        return m_received;
    }

    void hangUp()
    {
        close();
        for (const QPointer<QSslSocket> &socket : std::as_const(m_sockets)) {
            if (socket)
                socket->abort();
        }
        m_sockets.clear();
    }

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    class Talk;

    Options m_options;
    mutable std::mutex m_mutex;
    QList<Received> m_received;
    QList<QPointer<QSslSocket>> m_sockets;
};

// One connection.
class SmtpSink::Door::Talk : public QObject
{
public:
    Talk(QSslSocket &socket, Door &door)
        : QObject(&socket)
        , m_socket(socket)
        , m_door(door)
    {
        connect(&socket, &QSslSocket::readyRead, this, &Talk::read);
        connect(&socket, &QSslSocket::disconnected, &socket, &QObject::deleteLater);
        connect(&socket, &QSslSocket::encrypted, this, [this] {
            if (m_door.m_options.security == Security::fromTheStart)
                say("220 sink");
        });
        if (door.m_options.security == Security::fromTheStart)
            socket.startServerEncryption();
        else
            say("220 sink");
    }

private:
    void say(const QByteArray &line) { m_socket.write(line + "\r\n"); }

    void read()
    {
        while (m_socket.canReadLine()) {
            const QByteArray line = m_socket.readLine();
            if (m_isData)
                takeData(line);
            else if (m_isAuth)
                authenticate(line.trimmed());
            else
                take(line.trimmed());
        }
    }

    void greet()
    {
        const bool mayStart = m_door.m_options.security == Security::afterStartTls && !m_socket.isEncrypted();
        say("250-sink");
        if (mayStart)
            say("250-STARTTLS");
        say("250 AUTH PLAIN");
    }

    void take(const QByteArray &line)
    {
        const QByteArray verb = line.left(4).toUpper();
        const Manner manner = m_door.manner;
        const bool isKnown = m_isKnown || m_door.m_options.credentials.isEmpty();
        if (verb == "EHLO" || verb == "HELO") {
            greet();
        } else if (verb == "STAR") {
            say("220 go ahead");
            m_socket.flush();
            m_socket.startServerEncryption();
        } else if (verb == "AUTH") {
            const QByteArray initial = line.mid(11).trimmed();
            m_isAuth = initial.isEmpty();
            if (m_isAuth)
                say("334 ");
            else
                authenticate(initial);
        } else if (verb == "MAIL") {
            if (manner == Manner::hangsUpBeforeTheMail)
                return m_socket.abort();
            m_mail = { line.mid(10), {}, {} };
            say(isKnown ? "250 ok" : "530 who are you?");
        } else if (verb == "RCPT") {
            m_mail.to = line.mid(8);
            say(manner == Manner::isBusy        ? "451 try again"
                    : manner == Manner::refuses ? "550 nobody of that name"
                                                : "250 ok");
        } else if (verb == "DATA") {
            m_isData = true;
            say("354 go on");
        } else if (verb == "QUIT") {
            say("221 bye");
            m_socket.disconnectFromHost();
        } else {
            say("250 ok");
        }
    }

    void authenticate(const QByteArray &line)
    {
        m_isAuth = false;
        QByteArray said = QByteArray::fromBase64(line).mid(1); // after the identity to act as, which is empty
        m_isKnown = said.replace('\0', ' ') == m_door.m_options.credentials;
        say(m_isKnown ? "235 welcome" : "535 no");
    }

    void takeData(const QByteArray &line)
    {
        if (line != ".\r\n") {
            m_mail.text += line.startsWith("..") ? line.mid(1) : line;
            return;
        }
        m_isData = false;
        m_door.keep(m_mail);
        const Manner manner = m_door.manner;
        if (manner == Manner::hangsUpAfterTheMail)
            return m_socket.abort();
        say("250 taken");
        if (manner == Manner::answersTwice)
            say("250 taken");
    }

    QSslSocket &m_socket;
    Door &m_door;
    Received m_mail;
    bool m_isData = false;
    bool m_isAuth = false;
    bool m_isKnown = false;
};

void SmtpSink::Door::incomingConnection(qintptr descriptor)
{
    auto *socket = new QSslSocket(this);
    socket->setSocketDescriptor(descriptor);
    if (m_options.security != Security::none) {
        socket->setLocalCertificateChain(
            QSslCertificate::fromData(contentOf(m_options.certificate), QSsl::Pem)
        );
        socket->setPrivateKey(keyIn(m_options.key));
    }
    m_sockets.append(socket);
    new Talk(*socket, *this);
}

SmtpSink::SmtpSink(const Options &options)
    : m_door(std::make_unique<Door>(options))
{
    m_door->moveToThread(&m_thread);
    m_thread.start();
}

SmtpSink::~SmtpSink()
{
    // Sockets end on the thread they live on.
    QMetaObject::invokeMethod(
        m_door.get(), [this] { m_door.reset(); }, Qt::BlockingQueuedConnection
    );
    m_thread.quit();
    m_thread.wait();
}

void SmtpSink::listen(quint16 port)
{
    const auto open = [this, port] { return m_door->listen(QHostAddress::LocalHost, port); };
    bool isOpen = false;
    QMetaObject::invokeMethod(m_door.get(), open, Qt::BlockingQueuedConnection, &isOpen);
    if (!isOpen)
        qFatal("The mail server cannot listen.");
    m_port = m_door->serverPort();
}

void SmtpSink::close()
{
    QMetaObject::invokeMethod(
        m_door.get(), [this] { m_door->hangUp(); }, Qt::BlockingQueuedConnection
    );
}

quint16 SmtpSink::port() const
{
    return m_port;
}

void SmtpSink::behave(Manner manner)
{
    m_door->manner = manner;
}

QList<SmtpSink::Received> SmtpSink::received() const
{
    return m_door->received();
}
