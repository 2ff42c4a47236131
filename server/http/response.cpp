#include "server/http/response.h"

#include "server/http/problem_response.h"

Response Response::json(const QByteArray &body, int status)
{
    return { status, "application/json", body, {} };
}

Response Response::html(const QByteArray &body, int status)
{
    return { status, "text/html; charset=utf-8", body, {} };
}

Response Response::text(const QByteArray &body, int status)
{
    return { status, "text/plain; charset=utf-8", body, {} };
}

Response Response::empty(int status)
{
    return { status, {}, {}, {} };
}

Response &Response::set(const QByteArray &name, const QByteArray &value)
{
    headers.append({ name, value });
    return *this;
}

QByteArray Response::header(const QByteArray &name) const
{
    for (const Header &each : headers) {
        if (each.name.compare(name, Qt::CaseInsensitive) == 0)
            return each.value;
    }
    return {};
}

struct Responder::State
{
    const Deliver deliver;
    const Waiting waiting;
    std::atomic<bool> isAnswered = false;

    State(Deliver to, Waiting client)
        : deliver(std::move(to))
        , waiting(std::move(client))
    {
    }
    State(const State &) = delete;
    State &operator=(const State &) = delete;

    ~State()
    {
        if (!isAnswered)
            deliver(problemResponse(Problem::internal({}), {}));
    }
};

Responder::Responder(Deliver deliver, Waiting waiting)
    : m_state(std::make_shared<State>(std::move(deliver), std::move(waiting)))
{
}

void Responder::operator()(Response response) const
{
    if (!m_state->isAnswered.exchange(true))
        m_state->deliver(std::move(response));
}

bool Responder::isAbandoned() const
{
    return m_state->waiting.isOver();
}
