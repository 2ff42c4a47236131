#include "server/http/http_connection.h"

#include "server/http/io_thread.h"
#include "server/http/problem_response.h"
#include "server/http/response_writer.h"
#include "server/http/web_socket_handshake.h"

#include <QScopeGuard>

#include <sys/socket.h>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcHttp, "squad.http")

namespace {

constexpr qint64 readSize = 64 * 1024;

} // namespace

HttpConnection::HttpConnection(
    ServerState &state,
    IoThread &thread,
    quint64 number,
    std::unique_ptr<QTcpSocket> socket,
    ConnectionCount::Lease lease
)
    : m_state(state)
    , m_thread(thread)
    , m_number(number)
    , m_socket(std::move(socket))
    , m_lease(std::move(lease))
    , m_intake(state, m_socket->peerAddress())
    , m_parser(state.limits.headerBytes, state.limits.headerFields)
    , m_clock(state.limits)
{
    m_socket->setReadBufferSize(readSize);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &HttpConnection::onReadyRead);
    connect(m_socket.get(), &QTcpSocket::bytesWritten, this, &HttpConnection::onBytesWritten);
    connect(m_socket.get(), &QTcpSocket::disconnected, this, &HttpConnection::onDisconnected);
}

HttpConnection::~HttpConnection()
{
    if (m_socket)
        m_socket->disconnect(this); // its own destructor disconnects it
    abandonAll();
}

void HttpConnection::serve()
{
    process();
}

void HttpConnection::turnAway(const Response &response)
{
    answerAndEnd(m_intake.begin(++m_lastExchange, {}), response);
}

void HttpConnection::onReadyRead()
{
    if (m_isLingering)
        m_socket->skip(m_socket->bytesAvailable());
    else
        process();
}

void HttpConnection::onBytesWritten()
{
    m_writeEnd = Exchange::Clock::now() + m_state.limits.writeTimeout;
    if (m_socket->bytesToWrite() > 0 || m_isLingering)
        return;
    if (m_isEnding && m_exchanges.isEmpty())
        linger();
    else
        process(); // reading may have waited for this
}

void HttpConnection::onDisconnected()
{
    if (std::exchange(m_isGone, true))
        return;
    abandonAll();
    emit ended(m_number);
}

// Reads, runs and answers until there is nothing that can be done now.
void HttpConnection::process()
{
    if (m_isBusy || m_isGone || !m_socket)
        return;
    m_isBusy = true;
    const auto done = qScopeGuard([this] { m_isBusy = false; });
    bool isMoving = true;
    while (isMoving && !m_isGone) {
        parse();
        const bool hasStarted = startWaiting();
        isMoving = sendAnswers() || hasStarted;
    }
    if (!m_isGone && m_socket)
        watchPhase();
}

bool HttpConnection::mayParse() const
{
    return !m_isEnding && !m_isGone && m_socket
        && m_exchanges.size() < static_cast<size_t>(m_state.limits.pipelineDepth)
        && !m_exchanges.isLastWaiting() && m_socket->bytesToWrite() < m_state.limits.writeBuffer;
}

void HttpConnection::parse()
{
    while (mayParse()) {
        switch (m_parser.advance()) {
        case RequestParser::Step::needsBytes:
            countBody();
            if (!mayParse() || !readSocket())
                return;
            break;
        case RequestParser::Step::header:
            onHeader();
            break;
        case RequestParser::Step::complete:
            countBody();
            onComplete();
            break;
        case RequestParser::Step::refused:
            onRefused();
            return;
        }
    }
}

bool HttpConnection::readSocket()
{
    const QByteArray bytes = m_socket->read(readSize);
    m_parser.append(bytes);
    return !bytes.isEmpty();
}

void HttpConnection::onHeader()
{
    RequestParser::Head &head = m_parser.head();
    Exchange exchange = m_intake.begin(++m_lastExchange, head.headers);
    // What is wrong with the message itself ends the connection: where the next request begins is not
    // certain.
    if (std::optional<Response> unreadable = m_intake.readHead(exchange, head))
        return answerAndEnd(std::move(exchange), *std::move(unreadable));

    std::optional<Response> refused = m_intake.route(exchange);
    if (!refused && exchange.match.isUpgrade)
        return upgrade(std::move(exchange));
    const bool isExpecting = exchange.request->headers.count("expect") > 0;
    const qint64 limit = m_intake.bodyLimit(exchange);
    if (refused && (isExpecting || head.contentLength > limit)) // the body need not be sent at all
        return answerAndEnd(std::move(exchange), *std::move(refused));
    if (std::optional<Response> unexpected = m_intake.checkExpectation(exchange, head))
        return answerAndEnd(std::move(exchange), *std::move(unexpected));
    m_owesContinue = isExpecting && !head.isVersion10 && (head.isChunked || head.contentLength > 0);

    // A refused request's body is read and thrown away, so that the connection can be used for the next one.
    m_parser.readBody(limit, refused ? RequestParser::Keep::nothing : RequestParser::Keep::body);
    exchange.response = std::move(refused);
    m_incoming = std::move(exchange);
}

// The request that is being received, or one made up for what has not become one.
Exchange HttpConnection::takeIncoming()
{
    if (m_incoming)
        return *std::exchange(m_incoming, std::nullopt);
    return m_intake.begin(++m_lastExchange, {});
}

// Keeps the sum of all bodies in hand, which one client's share of is not limited by anything else.
void HttpConnection::countBody()
{
    if (!m_incoming)
        return;
    const qint64 more = m_parser.bodySize() - m_incoming->bodyBytes;
    m_incoming->bodyBytes += more;
    if (m_state.bodyBytes.fetch_add(more) + more <= m_state.limits.bodyBytesInAll || more == 0)
        return;
    Exchange exchange = takeIncoming();
    const QString id = exchange.request->caller.requestId;
    answerAndEnd(std::move(exchange), busyResponse(u"Too much is being uploaded at once."_s, id));
}

void HttpConnection::onComplete()
{
    if (!m_incoming)
        return;
    m_owesContinue = false;
    m_isEnding = !m_incoming->isKeptAlive;
    m_incoming->request->body = m_parser.takeBody();
    m_exchanges.push(*std::exchange(m_incoming, std::nullopt));
}

void HttpConnection::onRefused()
{
    Exchange exchange = takeIncoming();
    Response response = RequestIntake::refusal(m_parser, exchange.request->caller.requestId);
    answerAndEnd(std::move(exchange), std::move(response));
}

void HttpConnection::upgrade(Exchange exchange)
{
    const RequestParser::Head &head = m_parser.head();
    Result<WebSocketHandshake> handshake
        = WebSocketHandshake::read(*exchange.request, exchange.match.upgrade->subprotocol);
    if (head.isChunked || head.contentLength > 0 || head.isVersion10 || !m_exchanges.isEmpty())
        handshake = fail({ ProblemKind::malformed,
                           u"A WebSocket handshake is a request of its own, without body."_s,
                           {},
                           {},
                           {} });
    if (m_state.isDraining)
        handshake = fail(Problem::unavailable(u"This node is shutting down."_s));
    if (!handshake)
        return answerAndEnd(
            std::move(exchange), WebSocketHandshake::refusal(handshake.error(), *exchange.request)
        );

    report(exchange, 101, 0);
    m_socket->disconnect(this);
    m_isGone = true;
    m_thread.door().open(
        std::move(m_socket),
        *handshake,
        m_parser.takeRest(),
        { exchange.request->caller, exchange.match.upgrade->handler, std::move(m_lease) }
    );
    emit ended(m_number);
}

bool HttpConnection::startWaiting()
{
    bool hasStarted = false;
    while (Exchange *exchange = m_exchanges.nextToRun()) {
        run(*exchange);
        hasStarted = true;
    }
    return hasStarted;
}

void HttpConnection::run(Exchange &exchange)
{
    exchange.deadline = Exchange::Clock::now() + m_state.limits.handlerTimeout;
    exchange.isStarted = true;
    const Responder responder = m_thread.responder(m_number, exchange);
    Router::handle(*exchange.match.route, exchange.request, responder);
}

void HttpConnection::deliver(quint64 exchange, Response response)
{
    Exchange *found = m_exchanges.find(exchange);
    if (!found || found->response)
        return; // late: it has been answered by time-out
    found->response = std::move(response);
    process();
}

// True when something was sent that others may have waited for.
bool HttpConnection::sendAnswers()
{
    bool hasSent = false;
    while (m_exchanges.isFirstAnswered() && !m_isGone) {
        send(m_exchanges.pop());
        hasSent = true;
    }
    if (m_owesContinue && m_exchanges.isEmpty() && !m_isGone) {
        m_owesContinue = false;
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
        hasSent = true;
    }
    if (hasSent && !m_isGone) {
        m_socket->flush();
        if (!m_isGone && m_isEnding && m_exchanges.isEmpty() && m_socket->bytesToWrite() == 0)
            linger();
    }
    return hasSent && !m_isEnding;
}

void HttpConnection::send(Exchange exchange)
{
    Response &response = *exchange.response;
    const Request &request = *exchange.request;
    const bool isGet = request.method == "GET" || request.method == "HEAD";
    if (isGet && response.status == 200
        && isKnown(request.headers.value("if-none-match"), response.header("ETag")))
        response.status = 304;
    ResponseFrame frame;
    frame.isHead = request.method == "HEAD";
    m_isEnding = m_isEnding || m_state.isDraining;
    frame.isKeptAlive = exchange.isKeptAlive && !(m_isEnding && m_exchanges.isEmpty());
    frame.isVersion10 = exchange.isVersion10;
    frame.isSecure = m_state.tls.has_value();
    frame.requestId = request.caller.requestId.toLatin1();
    frame.date = m_thread.date();
    const QByteArray bytes = writeResponse(response, frame);
    if (m_socket->bytesToWrite() == 0)
        m_writeEnd = Exchange::Clock::now() + m_state.limits.writeTimeout;
    m_socket->write(bytes);
    report(exchange, response.status, bytes.size());
    m_state.bodyBytes -= exchange.bodyBytes;
}

void HttpConnection::report(const Exchange &exchange, int status, qint64 bytes)
{
    const Request &request = *exchange.request;
    const auto duration = Exchange::Clock::now() - exchange.receivedAt;
    const QByteArray method
        = RequestIntake::isKnownMethod(request.method) ? request.method : QByteArray("other");
    m_state.metrics.answered(method, exchange.match.label, status, duration);
    if (m_state.log) {
        const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(duration);
        m_state.log->write({ method, exchange.match.label, status, bytes, micros, request.caller });
    }
}

void HttpConnection::answerAndEnd(Exchange exchange, Response response)
{
    exchange.response = std::move(response);
    exchange.isKeptAlive = false;
    m_owesContinue = false;
    m_hasRefused = true;
    m_isEnding = true;
    m_exchanges.push(std::move(exchange));
    process();
}

// Closes once all is sent.
void HttpConnection::end()
{
    m_isEnding = true;
    if (m_exchanges.isEmpty() && m_socket->bytesToWrite() == 0)
        linger();
}

// Closing with unread bytes in the socket makes the kernel reset the connection, and the peer may lose the
// answer. So this side says that it is done, and reads on for a while.
void HttpConnection::linger()
{
    if (std::exchange(m_isLingering, true))
        return;
    watchPhase();
    m_socket->skip(m_socket->bytesAvailable());
    if (!m_state.tls)
        ::shutdown(static_cast<int>(m_socket->socketDescriptor()), SHUT_WR);
    else if (!m_hasRefused)
        m_socket->disconnectFromHost(); // TLS has an end of its own, and no half-open state
}

void HttpConnection::abandonAll()
{
    if (m_incoming)
        m_state.bodyBytes -= m_incoming->bodyBytes;
    m_incoming.reset();
    for (const Exchange &exchange : m_exchanges.takeAll()) {
        exchange.waiting.end();
        m_state.bodyBytes -= exchange.bodyBytes;
        report(exchange, 499, 0);
    }
}

void HttpConnection::drain()
{
    if (m_isGone || m_isEnding)
        return;
    if (m_clock.phase() == Phase::idle || m_clock.phase() == Phase::connected)
        end();
}

HttpConnection::Phase HttpConnection::phase() const
{
    if (m_isLingering)
        return Phase::ending;
    if (!mayParse())
        return Phase::working;
    if (m_parser.isInBody())
        return Phase::body;
    if (m_parser.isInRequest())
        return Phase::header;
    if (!m_exchanges.isEmpty())
        return Phase::working;
    return m_lastExchange == 0 ? Phase::connected : Phase::idle;
}

void HttpConnection::watchPhase()
{
    m_clock.watch(phase(), m_lastExchange);
}

void HttpConnection::tick(Exchange::Clock::time_point now)
{
    if (m_isGone || !m_socket)
        return;
    while (Exchange *overdue = m_exchanges.nextOverdue(now)) {
        overdue->waiting.end();
        const QString id = overdue->request->caller.requestId;
        qCWarning(lcHttp).noquote() << "request" << id << "to" << overdue->match.label << "took too long";
        deliver(
            overdue->number,
            problemResponse(HttpProblem::handlerTimeout, u"No answer was ready in time."_s, id)
        );
        if (m_isGone)
            return;
    }
    if (m_socket->bytesToWrite() > 0 && now >= m_writeEnd)
        m_socket->abort();
    else if (m_clock.isOver(now))
        onTimeout();
}

void HttpConnection::onTimeout()
{
    if (m_clock.phase() == Phase::ending)
        return m_socket->abort();
    if (m_clock.phase() == Phase::idle || m_clock.phase() == Phase::connected)
        return end();
    Exchange exchange = takeIncoming();
    const QString id = exchange.request->caller.requestId;
    Response response
        = problemResponse(HttpProblem::requestTimeout, u"The request did not arrive in time."_s, id);
    answerAndEnd(std::move(exchange), std::move(response));
}
