#pragma once

#include "server/http/caller.h"
#include "server/push/push_feed.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

class PushHub;
class PushLane;
class QWebSocket;

// Why the server ended a connection, as the WebSocket's close code (RFC 6455, 7.4). After any of them but
// `refused` the client may come back at once and say what it saw last.
enum class PushClose : quint16 {
    unreadable = 1007, // a message that is no message of the protocol
    refused = 1008, // signed out, or too many connections of one account
    retry = 4013, // the server cannot serve the feed at the moment; Qt takes 1013 for a protocol error
};

struct PushLimits
{
    qint64 queueBytes = 512 * 1024; // more than that unsent: send nothing more …
    qint64 resumeBytes = 64 * 1024; // … until it is this little
    std::chrono::milliseconds helloTime { 10'000 };
    std::chrono::milliseconds goodbyeTime { 5'000 };
    std::chrono::milliseconds heartbeat { 20'000 };
    int missedBeats = 2; // then the connection is cut
    int sessionsPerAccount = 20;
};

// One connected client. It reads what was missed from the feed, page by page and as fast as it is taken, and
// then goes live. There is no gap and no repetition between the two: a page tells where the feed ended when
// it was read, and the session goes live only if nothing behind that end has been delivered to the live ones
// meanwhile; otherwise it reads on. A live session whose client takes too little goes back to reading, so
// that its queue stays short.
class PushSession : public QObject
{
    Q_OBJECT
public:
    // The socket owns the session.
    PushSession(PushHub &hub, PushLane &lane, Caller caller, QWebSocket *socket);
    ~PushSession() override;

    [[nodiscard]] const Caller &caller() const { return m_caller; }
    [[nodiscard]] const QStringList &audiences() const { return m_audiences; }

    // A message as it travels.
    [[nodiscard]] static QString textOf(const FeedRow &row);

    void offer(qint64 seq, const QString &text); // does nothing unless live
    void catchUp(); // does nothing unless live
    void checkSignIn(); // ends the connection if the sign-in is over

private:
    enum class State {
        greeting, // waits for the first message
        reading, // waits for a page
        full, // has a page to send after what the peer has yet to take
        live,
        closed,
    };

    void onText(const QString &text);
    void onBinary();
    void greet(const QByteArray &text);
    void acknowledge(const QByteArray &text);
    void read();
    void onPage(const Result<PushFeed::Page> &page);
    [[nodiscard]] bool welcome(const PushFeed::Page &page);
    void sendPage(const PushFeed::Page &page);
    void goOn();
    void send(const QString &text);
    void beat();
    void close(PushClose code, const QString &reason);

    PushHub &m_hub;
    PushLane &m_lane;
    Caller m_caller;
    QStringList m_audiences;
    QWebSocket *m_socket;
    State m_state = State::greeting;
    bool m_welcomed = false;
    qint64 m_sent = 0; // everything up to this number has been sent
    int m_unanswered = 0; // beats in a row without a sign of life
    QTimer m_timer; // the greeting's patience, then the heartbeat
};
