#pragma once

#include <QElapsedTimer>
#include <QTcpSocket>

#include <map>
#include <optional>

// An HTTP client that sends exactly the bytes it is told to, right or wrong, and waits for what comes back.
class RawClient
{
public:
    struct Answer
    {
        int status = 0; // 0: the connection ended without one
        std::map<QByteArray, QByteArray> headers; // names in lower case
        QByteArray body;

        [[nodiscard]] QByteArray header(const QByteArray &name) const
        {
            const auto found = headers.find(name);
            return found == headers.end() ? QByteArray() : found->second;
        }
    };

    static constexpr int patience = 10'000; // milliseconds; a test that waits so long has failed

    explicit RawClient(quint16 port)
        : RawClient(std::make_unique<QTcpSocket>())
    {
        m_socket->connectToHost(QStringLiteral("127.0.0.1"), port);
        m_socket->waitForConnected(patience);
    }
    explicit RawClient(std::unique_ptr<QTcpSocket> socket)
        : m_socket(std::move(socket))
    {
    }

    void send(const QByteArray &bytes)
    {
        m_socket->write(bytes);
        while (m_socket->bytesToWrite() > 0 && m_socket->waitForBytesWritten(patience)) { }
    }

    // The next answer; `isHead`: it has a length but no body.
    [[nodiscard]] Answer receive(bool isHead = false)
    {
        while (!m_buffer.contains("\r\n\r\n")) {
            if (!more())
                return {};
        }
        Answer answer;
        const qsizetype end = m_buffer.indexOf("\r\n\r\n");
        const QByteArrayList lines = m_buffer.left(end).split('\n');
        answer.status = lines.constFirst().split(' ').value(1).toInt();
        for (const QByteArray &line : lines.mid(1)) {
            const qsizetype colon = line.indexOf(':');
            answer.headers[line.left(colon).toLower()] = line.mid(colon + 1).trimmed();
        }
        m_buffer.remove(0, end + 4);
        const qsizetype length = isHead ? 0 : answer.header("content-length").toLongLong();
        while (m_buffer.size() < length) {
            if (!more())
                return {};
        }
        answer.body = m_buffer.left(length);
        m_buffer.remove(0, length);
        return answer;
    }

    [[nodiscard]] Answer ask(const QByteArray &bytes)
    {
        send(bytes);
        return receive();
    }

    // True once the server has closed the connection and nothing unread is left.
    [[nodiscard]] bool isClosedByServer()
    {
        while (m_buffer.isEmpty() && m_socket->state() == QAbstractSocket::ConnectedState) {
            if (!m_socket->waitForReadyRead(patience))
                break;
            m_buffer += m_socket->readAll();
        }
        return m_buffer.isEmpty() && m_socket->bytesAvailable() == 0
            && m_socket->state() == QAbstractSocket::UnconnectedState;
    }

    [[nodiscard]] QTcpSocket &socket() { return *m_socket; }
    [[nodiscard]] const QByteArray &unread() const { return m_buffer; }

private:
    bool more()
    {
        if (m_socket->bytesAvailable() == 0 && !m_socket->waitForReadyRead(patience))
            return false;
        m_buffer += m_socket->readAll();
        return true;
    }

    std::unique_ptr<QTcpSocket> m_socket;
    QByteArray m_buffer;
};
