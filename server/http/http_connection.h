#pragma once

#include "server/http/phase_clock.h"
#include "server/http/request_intake.h"

#include <QObject>
#include <QTcpSocket>

class IoThread;

// One client's connection, from its first byte to its last: reads requests, has them handled, and sends the
// answers in the order of the requests. Lives on one I/O thread and never blocks it.
//
// It reads no further than it can keep up with. Bytes beyond that stay in the kernel, whose flow control
// slows the sender down, so that a connection costs a bounded amount of memory whatever its client does.
class HttpConnection : public QObject
{
    Q_OBJECT

public:
    HttpConnection(
        ServerState &state,
        IoThread &thread,
        quint64 number,
        std::unique_ptr<QTcpSocket> socket,
        ConnectionCount::Lease lease
    );
    ~HttpConnection() override;

    void serve();
    void turnAway(const Response &response); // answers whatever comes with this, and closes
    void deliver(quint64 exchange, Response response);
    void tick(Exchange::Clock::time_point now);
    void drain(); // ends as soon as what runs is answered

signals:
    void ended(quint64 number);

private:
    using Phase = PhaseClock::Phase;

    void onReadyRead();
    void onBytesWritten();
    void onDisconnected();

    void process();
    void parse();
    [[nodiscard]] bool mayParse() const;
    [[nodiscard]] bool readSocket();
    void onHeader();
    void countBody();
    void onComplete();
    void onRefused();
    void upgrade(Exchange exchange);

    [[nodiscard]] bool startWaiting();
    void run(Exchange &exchange);
    [[nodiscard]] bool sendAnswers();
    void send(Exchange exchange);
    void report(const Exchange &exchange, int status, qint64 bytes);
    void answerAndEnd(Exchange exchange, Response response);
    void end();
    void linger();
    void abandonAll();

    [[nodiscard]] Phase phase() const;
    void watchPhase();
    void onTimeout();
    [[nodiscard]] Exchange takeIncoming();

    ServerState &m_state;
    IoThread &m_thread;
    const quint64 m_number;
    std::unique_ptr<QTcpSocket> m_socket;
    ConnectionCount::Lease m_lease;

    const RequestIntake m_intake;
    RequestParser m_parser;
    std::optional<Exchange> m_incoming; // whose body is being read
    ExchangeQueue m_exchanges;
    quint64 m_lastExchange = 0;
    bool m_owesContinue = false;
    bool m_isBusy = false; // inside process(): an answer that comes meanwhile is sent at its end
    bool m_isEnding = false; // no further request is read
    bool m_isLingering = false; // all is sent; what still comes is thrown away
    bool m_hasRefused = false; // some of a request may be unread
    bool m_isGone = false;

    PhaseClock m_clock;
    Exchange::Clock::time_point m_writeEnd;
};
