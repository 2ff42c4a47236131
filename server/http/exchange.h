#pragma once

#include "server/http/router.h"

#include <chrono>
#include <deque>

// One request on its way through a connection and the answer it gets.
struct Exchange
{
    using Clock = std::chrono::steady_clock;

    quint64 number = 0;
    std::shared_ptr<Request> request = std::make_shared<Request>();
    Router::Match match;
    bool isKeptAlive = true; // afterwards, as far as the client is concerned
    bool isVersion10 = false;
    qint64 bodyBytes = 0; // counted in ServerState
    Clock::time_point receivedAt = Clock::now();
    Clock::time_point deadline; // of a running handler
    bool isStarted = false; // a handler has it
    Waiting waiting; // what the handler may know of the client
    std::optional<Response> response; // set when it is to be sent

    // RFC 9110, 9.2.1: changes nothing, so it may overtake.
    [[nodiscard]] bool isSafe() const
    {
        const QByteArray &method = request->method;
        return method == "GET" || method == "HEAD" || method == "OPTIONS";
    }
    [[nodiscard]] bool isWaiting() const { return !isStarted && !response; }
    [[nodiscard]] bool isRunning() const { return isStarted && !response; }
};

// The requests of a connection in the order in which they came and are answered.
//
// Those that change nothing run side by side; one that does waits until all before it are answered, and all
// after it wait for it (RFC 9112, 9.3.2), so that a pipelining client sees its writes happen in the order it
// sent them.
class ExchangeQueue
{
public:
    void push(Exchange exchange) { m_exchanges.push_back(std::move(exchange)); }
    Exchange pop()
    {
        Exchange first = std::move(m_exchanges.front());
        m_exchanges.pop_front();
        return first;
    }

    [[nodiscard]] bool isEmpty() const { return m_exchanges.empty(); }
    [[nodiscard]] size_t size() const { return m_exchanges.size(); }
    [[nodiscard]] bool isFirstAnswered() const
    {
        return !m_exchanges.empty() && m_exchanges.front().response.has_value();
    }
    [[nodiscard]] bool isLastWaiting() const
    {
        return !m_exchanges.empty() && m_exchanges.back().isWaiting();
    }

    [[nodiscard]] Exchange *find(quint64 number)
    {
        const auto found = std::ranges::find(m_exchanges, number, &Exchange::number);
        return found == m_exchanges.end() ? nullptr : &*found;
    }

    // The next one whose turn it is to run; null: none.
    [[nodiscard]] Exchange *nextToRun()
    {
        bool isFirst = true;
        for (Exchange &exchange : m_exchanges) {
            if (exchange.isWaiting())
                return isFirst || exchange.isSafe() ? &exchange : nullptr;
            if (!exchange.isSafe())
                return nullptr;
            isFirst = false;
        }
        return nullptr;
    }

    // A running one whose time is up; null: none.
    [[nodiscard]] Exchange *nextOverdue(Exchange::Clock::time_point now)
    {
        const auto isOverdue
            = [&](const Exchange &exchange) { return exchange.isRunning() && now >= exchange.deadline; };
        const auto found = std::ranges::find_if(m_exchanges, isOverdue);
        return found == m_exchanges.end() ? nullptr : &*found;
    }

    [[nodiscard]] std::deque<Exchange> takeAll() { return std::exchange(m_exchanges, {}); }

private:
    std::deque<Exchange> m_exchanges;
};
