#pragma once

#include "server/http/request.h"

#include <QByteArray>
#include <QString>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

// One JSON line per request, and nothing in it that a log must not hold: no token, no body, and the route's
// template instead of the path, in which a survey's link or an id may stand.
//
// Lines are written by a thread of its own, so that a slow disk never slows a request. When it falls behind,
// lines are dropped and counted in the next one.
class AccessLog
{
public:
    struct Entry
    {
        QByteArray method;
        QString route; // empty: none matched
        int status = 0; // 499: the client left before the answer
        qint64 bytes = 0; // of the answer, with its header
        std::chrono::microseconds duration {};
        const Caller &caller;
    };

    // Takes over a file descriptor: appends to it, and closes it in the end.
    explicit AccessLog(int descriptor);
    ~AccessLog();
    AccessLog(const AccessLog &) = delete;
    AccessLog &operator=(const AccessLog &) = delete;

    void write(const Entry &entry);

private:
    static constexpr qsizetype maxWaiting = 4 * 1024 * 1024;

    void run(const std::stop_token &stop);

    const int m_descriptor;
    std::mutex m_mutex; // guards what follows
    std::condition_variable_any m_filled;
    QByteArray m_waiting;
    quint64 m_dropped = 0;
    std::jthread m_writer; // last: it uses all of the above
};
