#pragma once

#include "server/http/metrics.h"

#include <QHash>
#include <QString>

// What the HTTP server counts: requests by method, route and status, how long they took, and who was turned
// away.
class RequestMetrics
{
public:
    explicit RequestMetrics(Metrics &metrics);

    // `route` is the template; empty when none matched.
    void
    answered(const QByteArray &method, const QString &route, int status, std::chrono::nanoseconds duration);
    void refused(const QByteArray &reason);

    Metrics::Counter &accepted;
    std::atomic<int> webSockets = 0;

private:
    struct Series
    {
        Metrics::Histogram *durations = nullptr;
        QHash<int, Metrics::Counter *> byStatus;
    };

    Metrics &m_metrics;
    std::mutex m_mutex; // guards what follows: where to find a counter without printing its labels
    QHash<std::pair<QByteArray, QString>, Series> m_series;
};
