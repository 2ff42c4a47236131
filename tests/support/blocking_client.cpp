#include "tests/support/blocking_client.h"

#include <QUrlQuery>

namespace {

constexpr int patience = 60'000; // ms: a test that waits longer has failed anyway

} // namespace

BlockingClient::BlockingClient(const QUrl &server)
    : m_server(server)
{
}

QByteArray BlockingClient::methodName(api::Method method)
{
    return method == api::Method::del ? QByteArray("DELETE") : enumName(method).toUpper().toLatin1();
}

QString BlockingClient::target(std::string_view path, QJsonObject params)
{
    QString text = toQString(api::basePath) + toQString(path);
    QUrlQuery query;
    for (const QString &name : params.keys()) {
        const QString value = params.value(name).toVariant().toString();
        const QString place = u'{' + name + u'}';
        if (text.contains(place))
            text.replace(place, value);
        else
            query.addQueryItem(name, QString::fromLatin1(QUrl::toPercentEncoding(value)));
    }
    return query.isEmpty() ? text : text + u'?' + query.query(QUrl::FullyEncoded);
}

bool BlockingClient::connectAgain()
{
    m_buffer.clear();
    m_socket = std::make_unique<QTcpSocket>();
    m_socket->connectToHost(m_server.host(), static_cast<quint16>(m_server.port()));
    if (!m_socket->waitForConnected(patience))
        return false;
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    return true;
}

BlockingClient::Answer BlockingClient::send(
    const QByteArray &method,
    const QString &target,
    const QByteArray &body,
    const QList<std::pair<QByteArray, QByteArray>> &headers
)
{
    QByteArray request
        = method + ' ' + target.toUtf8() + " HTTP/1.1\r\nHost: " + m_server.authority().toLatin1() + "\r\n";
    if (!m_token.isEmpty())
        request += "Authorization: Bearer " + m_token + "\r\n";
    if (!body.isEmpty())
        request += "Content-Type: application/json\r\n";
    if (!body.isEmpty() || method != "GET")
        request += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    for (const auto &[name, value] : headers)
        request += name + ": " + value + "\r\n";
    request += "\r\n" + body;

    if ((!m_socket || m_socket->state() != QAbstractSocket::ConnectedState) && !connectAgain())
        return {};
    m_socket->write(request);
    if (std::optional<Answer> answer = readAnswer()) {
        if (answer->headers.value("connection").toLower() == "close")
            m_socket.reset();
        return *answer;
    }
    m_socket.reset();
    return {};
}

bool BlockingClient::readMore()
{
    if (m_socket->bytesToWrite() > 0 && !m_socket->waitForBytesWritten(patience))
        return false;
    if (m_socket->bytesAvailable() == 0 && !m_socket->waitForReadyRead(patience))
        return false;
    m_buffer += m_socket->readAll();
    return true;
}

std::optional<BlockingClient::Answer> BlockingClient::readAnswer()
{
    qsizetype end = -1;
    while ((end = m_buffer.indexOf("\r\n\r\n")) < 0) {
        if (!readMore())
            return std::nullopt;
    }
    Answer answer;
    const QList<QByteArray> lines = m_buffer.left(end).split('\n');
    m_buffer.remove(0, end + 4);
    answer.status = lines.first().split(' ').value(1).toInt();
    for (const QByteArray &line : lines.mid(1)) {
        const qsizetype colon = line.indexOf(':');
        answer.headers.insert(line.left(colon).toLower(), line.mid(colon + 1).trimmed());
    }
    if (answer.status == 100)
        return readAnswer();
    const qsizetype length = answer.headers.value("content-length").toLongLong();
    while (m_buffer.size() < length) {
        if (!readMore())
            return std::nullopt;
    }
    answer.body = m_buffer.left(length);
    m_buffer.remove(0, length);
    return answer;
}

Problem BlockingClient::problem(const Answer &answer)
{
    const QJsonObject body = answer.json();
    Problem problem;
    problem.kind = problemKindOfStatus(answer.status);
    problem.detail = body.value(QLatin1String("detail")).toString();
    problem.code = body.value(QLatin1String("code")).toString();
    for (const QJsonValue &each : body.value(QLatin1String("errors")).toArray())
        problem.fields.append({ each[QLatin1String("pointer")].toString(),
                                each[QLatin1String("detail")].toString() });
    problem.extension = body;
    return problem;
}
