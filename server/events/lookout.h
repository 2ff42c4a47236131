#pragma once

#include <QSet>
#include <QString>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

// Runs actions after something of a type was published: what EventBus::watch promises, for a bus that knows
// when that is. The actions run one after the other on a thread of the lookout; what happens while one runs
// makes it run once more, however much it was.
class Lookout
{
public:
    Lookout() = default;
    ~Lookout();
    Lookout(const Lookout &) = delete;
    Lookout &operator=(const Lookout &) = delete;

    void watch(const QString &type, std::function<void()> action); // before start()
    void start();
    void stop(); // returns when no action runs any more

    // From any thread; return at once.
    void saw(const QString &type);
    void sawAnything();

private:
    struct Watch
    {
        QString type;
        std::function<void()> action;
        bool isDue = false;
    };

    void run();

    std::vector<Watch> m_watches;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false;
    std::thread m_thread;
};
