#pragma once

#include "server/http/response.h"

#include <functional>
#include <mutex>
#include <thread>
#include <vector>

class QObject;

// Carries answers from the threads that make them to the I/O thread whose connection waits. It outlives that
// thread, so that a late answer finds a closed box and not a dangling pointer.
class Mailbox
{
public:
    struct Letter
    {
        quint64 connection = 0;
        quint64 exchange = 0;
        Response response;
    };
    using Deliver = std::function<void(Letter)>;

    // Made on the receiver's thread, which `deliver` is called on.
    Mailbox(QObject *receiver, Deliver deliver);

    void post(Letter letter);
    void close(); // on the receiver's thread

private:
    void deliverAll();

    const std::thread::id m_thread;
    Deliver m_deliver; // used on the receiver's thread only
    std::mutex m_mutex; // guards what follows
    QObject *m_receiver;
    std::vector<Letter> m_letters;
};
