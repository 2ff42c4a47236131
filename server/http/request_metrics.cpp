#include "server/http/request_metrics.h"

RequestMetrics::RequestMetrics(Metrics &metrics)
    : accepted(metrics.counter("squad_http_connections_total", "Connections accepted"))
    , m_metrics(metrics)
{
}

void RequestMetrics::answered(
    const QByteArray &method, const QString &route, int status, std::chrono::nanoseconds duration
)
{
    Metrics::Counter *counter = nullptr;
    Metrics::Histogram *durations = nullptr;
    {
        const std::lock_guard lock(m_mutex);
        Series &series = m_series[{ method, route }];
        const Metrics::Labels labels { { "method", method }, { "route", route.toUtf8() } };
        if (!series.durations)
            series.durations = &m_metrics.histogram(
                "squad_http_request_duration_seconds", "Time from header to answer", labels
            );
        Metrics::Counter *&byStatus = series.byStatus[status];
        if (!byStatus) {
            Metrics::Labels withStatus = labels;
            withStatus["status"] = QByteArray::number(status);
            byStatus = &m_metrics.counter("squad_http_requests_total", "Requests answered", withStatus);
        }
        counter = byStatus;
        durations = series.durations;
    }
    counter->add();
    durations->observe(duration);
}

void RequestMetrics::refused(const QByteArray &reason)
{
    m_metrics.counter(
                 "squad_http_refused_connections_total", "Connections refused", { { "reason", reason } }
    ).add();
}
