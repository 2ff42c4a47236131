#include "server/http/access_log.h"

#include "shared/json/codec.h"

#include <cerrno>
#include <unistd.h>

using namespace Qt::StringLiterals;

AccessLog::AccessLog(int descriptor)
    : m_descriptor(descriptor)
    , m_writer([this](const std::stop_token &stop) { run(stop); })
{
}

AccessLog::~AccessLog()
{
    m_writer.request_stop();
    m_writer.join();
    ::close(m_descriptor);
}

void AccessLog::write(const Entry &entry)
{
    QJsonObject line {
        { u"at"_s, toText(entry.caller.at) },
        { u"id"_s, entry.caller.requestId },
        { u"address"_s, entry.caller.address },
        { u"method"_s, QString::fromLatin1(entry.method) },
        { u"route"_s, entry.route },
        { u"status"_s, entry.status },
        { u"bytes"_s, entry.bytes },
        { u"us"_s, static_cast<qint64>(entry.duration.count()) },
    };
    if (entry.caller.isSignedIn())
        line.insert(u"account"_s, entry.caller.account.toString());
    const QByteArray text = json::toText(line) + '\n';

    const std::lock_guard lock(m_mutex);
    if (m_waiting.size() + text.size() > maxWaiting) {
        ++m_dropped;
        return;
    }
    if (m_dropped > 0)
        m_waiting += json::toText(QJsonObject {
                         { u"dropped"_s, static_cast<qint64>(std::exchange(m_dropped, 0)) } })
            + '\n';
    if (m_waiting.isEmpty())
        m_filled.notify_one();
    m_waiting += text;
}

void AccessLog::run(const std::stop_token &stop)
{
    for (;;) {
        QByteArray lines;
        {
            std::unique_lock lock(m_mutex);
            m_filled.wait(lock, stop, [this] { return !m_waiting.isEmpty(); });
            lines.swap(m_waiting);
        }
        if (lines.isEmpty())
            return; // asked to stop, and nothing is left
        for (QByteArrayView rest = lines; !rest.isEmpty();) {
            const ssize_t written = ::write(m_descriptor, rest.data(), static_cast<size_t>(rest.size()));
            if (written < 0 && errno == EINTR)
                continue;
            if (written < 0)
                break; // a full disk costs log lines, not requests
            rest = rest.sliced(written);
        }
    }
}
