#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

// Threads that take work from one bounded queue, in order. Blocking is what they are for.
class WorkerThreads
{
public:
    WorkerThreads(int threads, int queueLimit);
    ~WorkerThreads(); // waits for what runs, drops what waits
    WorkerThreads(const WorkerThreads &) = delete;
    WorkerThreads &operator=(const WorkerThreads &) = delete;

    // False when the queue is full.
    [[nodiscard]] bool post(std::function<void()> work);

private:
    void loop();

    size_t m_queueLimit;
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::deque<std::function<void()>> m_queue;
    bool m_stopping = false;
    std::vector<std::jthread> m_threads;
};
