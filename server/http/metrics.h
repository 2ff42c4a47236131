#pragma once

#include <QByteArray>
#include <QList>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

// What the node counts, printed for Prometheus. Counting is an atomic addition; only finding a counter for
// the first time takes a lock, so keep the reference.
class Metrics
{
public:
    using Labels = std::map<QByteArray, QByteArray>;

    class Counter
    {
    public:
        void add(quint64 count = 1) { m_value.fetch_add(count, std::memory_order_relaxed); }
        [[nodiscard]] quint64 value() const { return m_value.load(std::memory_order_relaxed); }

    private:
        std::atomic<quint64> m_value = 0;
    };

    // Durations in buckets from 0.25 ms to 10 s.
    class Histogram
    {
    public:
        static constexpr std::array<double, 15> bounds // seconds
            { 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 };

        void observe(std::chrono::nanoseconds duration);
        [[nodiscard]] quint64 count(size_t bucket) const
        {
            return m_counts.at(bucket).load(std::memory_order_relaxed);
        }
        [[nodiscard]] double sum() const;

    private:
        std::array<std::atomic<quint64>, bounds.size() + 1> m_counts {}; // the last one is beyond all bounds
        std::atomic<quint64> m_nanoseconds = 0;
    };

    Metrics();
    ~Metrics();
    Metrics(const Metrics &) = delete;
    Metrics &operator=(const Metrics &) = delete;

    // The same name and labels give the same counter, for as long as this lives.
    [[nodiscard]] Counter &counter(const QByteArray &name, const QByteArray &help, const Labels &labels = {});
    [[nodiscard]] Histogram &
    histogram(const QByteArray &name, const QByteArray &help, const Labels &labels = {});

    // A value that is asked for when somebody looks. `read` is called on any thread and must not block; what
    // it refers to must outlive this.
    void gauge(
        const QByteArray &name,
        const QByteArray &help,
        std::function<double()> read,
        const Labels &labels = {}
    );

    // Prometheus' text format, version 0.0.4; sorted, so that two looks can be compared.
    [[nodiscard]] QByteArray text() const;

private:
    struct Family;
    Family &family(const QByteArray &name, const QByteArray &help, const char *type);

    mutable std::mutex m_mutex;
    std::map<QByteArray, std::unique_ptr<Family>> m_families;
};
