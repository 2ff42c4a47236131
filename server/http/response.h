#pragma once

#include <QByteArray>
#include <QList>

#include <atomic>
#include <functional>
#include <memory>

// What a handler answers. The server adds length, date, request id and the security headers; a header set
// here wins over the server's own of the same name.
struct Response
{
    struct Header
    {
        QByteArray name;
        QByteArray value;
    };

    int status = 200;
    QByteArray contentType; // empty: there is no body
    QByteArray body;
    QList<Header> headers;

    [[nodiscard]] static Response json(const QByteArray &body, int status = 200);
    [[nodiscard]] static Response html(const QByteArray &body, int status = 200);
    [[nodiscard]] static Response text(const QByteArray &body, int status = 200);
    [[nodiscard]] static Response empty(int status = 204);

    Response &set(const QByteArray &name, const QByteArray &value);
    [[nodiscard]] QByteArray header(const QByteArray &name
    ) const; // null when absent; names compare without case
};

// Whether anybody still waits for an answer. Shared by the connection, which gives up, and the workers, which
// look.
class Waiting
{
public:
    [[nodiscard]] bool isOver() const { return *m_isOver; }
    void end() const { *m_isOver = true; }

private:
    std::shared_ptr<std::atomic<bool>> m_isOver = std::make_shared<std::atomic<bool>>(false);
};

// Where the answer to one request goes. Copies share one answer: the first counts, later ones are dropped.
// Callable from any thread, also after the client or the server has gone. When the last copy goes without an
// answer, the client gets a 500, so that no path through the code leaves anyone waiting.
class Responder
{
public:
    using Deliver = std::function<void(Response)>;

    explicit Responder(Deliver deliver, Waiting waiting = {});

    void operator()(Response response) const;

    // True once answering is pointless: the client has gone or has been told that it took too long. Work that
    // has not started may then be left undone: nobody was told that it was accepted.
    [[nodiscard]] bool isAbandoned() const;

private:
    struct State;
    std::shared_ptr<State> m_state;
};
