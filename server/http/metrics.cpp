#include "server/http/metrics.h"

struct Metrics::Family
{
    QByteArray help;
    const char *type;
    // Maps keep their elements in place, so that references stay good.
    std::map<Labels, Counter> counters;
    std::map<Labels, Histogram> histograms;
    std::map<Labels, std::function<double()>> gauges;
};

namespace {

QByteArray escaped(QByteArray text)
{
    return text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
}

QByteArray labelText(const Metrics::Labels &labels, const QByteArray &more = {})
{
    QByteArrayList parts;
    for (const auto &[name, value] : labels)
        parts += name + "=\"" + escaped(value) + '"';
    if (!more.isEmpty())
        parts += more;
    return parts.isEmpty() ? QByteArray() : '{' + parts.join(',') + '}';
}

QByteArray number(double value)
{
    return QByteArray::number(value, 'g', 15);
}

QByteArray
histogramText(const QByteArray &name, const Metrics::Labels &labels, const Metrics::Histogram &histogram)
{
    QByteArray text;
    quint64 total = 0;
    for (size_t i = 0; i < Metrics::Histogram::bounds.size(); ++i) {
        total += histogram.count(i);
        const QByteArray bound = "le=\"" + number(Metrics::Histogram::bounds.at(i)) + '"';
        text += name + "_bucket" + labelText(labels, bound) + ' ' + QByteArray::number(total) + '\n';
    }
    total += histogram.count(Metrics::Histogram::bounds.size());
    text += name + "_bucket" + labelText(labels, "le=\"+Inf\"") + ' ' + QByteArray::number(total) + '\n';
    text += name + "_sum" + labelText(labels) + ' ' + number(histogram.sum()) + '\n';
    text += name + "_count" + labelText(labels) + ' ' + QByteArray::number(total) + '\n';
    return text;
}

} // namespace

void Metrics::Histogram::observe(std::chrono::nanoseconds duration)
{
    const double seconds = std::chrono::duration<double>(duration).count();
    const auto bucket = static_cast<size_t>(std::ranges::lower_bound(bounds, seconds) - bounds.begin());
    m_counts.at(bucket).fetch_add(1, std::memory_order_relaxed);
    m_nanoseconds.fetch_add(static_cast<quint64>(duration.count()), std::memory_order_relaxed);
}

double Metrics::Histogram::sum() const
{
    return static_cast<double>(m_nanoseconds.load(std::memory_order_relaxed)) / 1e9;
}

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Family &Metrics::family(const QByteArray &name, const QByteArray &help, const char *type)
{
    std::unique_ptr<Family> &family = m_families[name];
    if (!family)
        family = std::make_unique<Family>();
    family->help = help;
    family->type = type;
    return *family;
}

Metrics::Counter &Metrics::counter(const QByteArray &name, const QByteArray &help, const Labels &labels)
{
    const std::lock_guard lock(m_mutex);
    return family(name, help, "counter").counters[labels];
}

Metrics::Histogram &Metrics::histogram(const QByteArray &name, const QByteArray &help, const Labels &labels)
{
    const std::lock_guard lock(m_mutex);
    return family(name, help, "histogram").histograms[labels];
}

void Metrics::gauge(
    const QByteArray &name, const QByteArray &help, std::function<double()> read, const Labels &labels
)
{
    const std::lock_guard lock(m_mutex);
    family(name, help, "gauge").gauges[labels] = std::move(read);
}

QByteArray Metrics::text() const
{
    const std::lock_guard lock(m_mutex);
    QByteArray text;
    for (const auto &[name, family] : m_families) {
        text += "# HELP " + name + ' ' + family->help + "\n# TYPE " + name + ' ' + family->type + '\n';
        for (const auto &[labels, counter] : family->counters)
            text += name + labelText(labels) + ' ' + QByteArray::number(counter.value()) + '\n';
        for (const auto &[labels, read] : family->gauges)
            text += name + labelText(labels) + ' ' + number(read()) + '\n';
        for (const auto &[labels, histogram] : family->histograms)
            text += histogramText(name, labels, histogram);
    }
    return text;
}
