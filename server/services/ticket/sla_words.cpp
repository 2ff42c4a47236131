#include "server/services/ticket/sla_words.h"

using namespace std::chrono_literals;
using api::SlaSpanReason;

namespace {

QString spokenReason(const api::SlaSpan &span)
{
    switch (span.reason) {
    case SlaSpanReason::counted:
        return {};
    case SlaSpanReason::night:
        return QStringLiteral("outside of working hours");
    case SlaSpanReason::dayBreak:
    case SlaSpanReason::holiday:
        return span.name.value_or(QString());
    case SlaSpanReason::weekend:
        return QStringLiteral("at the weekend");
    case SlaSpanReason::closedDay:
        return QStringLiteral("on days without working hours");
    case SlaSpanReason::noShow:
        return QStringLiteral("the customer was not there");
    case SlaSpanReason::laterDay:
        return QStringLiteral("the customer asked for a later day");
    case SlaSpanReason::access:
        return QStringLiteral("waiting for access to the device");
    case SlaSpanReason::completed:
        return QStringLiteral("completed, until it was reopened");
    }
    Q_UNREACHABLE();
}

} // namespace

QString spokenDuration(std::chrono::milliseconds duration)
{
    const qint64 minutes = std::chrono::round<std::chrono::minutes>(duration).count();
    QStringList parts;
    if (minutes >= 24 * 60)
        parts.append(QStringLiteral("%1 d").arg(minutes / (24 * 60)));
    if (minutes / 60 % 24 > 0)
        parts.append(QStringLiteral("%1 h").arg(minutes / 60 % 24));
    if (minutes % 60 > 0 || parts.isEmpty())
        parts.append(QStringLiteral("%1 min").arg(minutes % 60));
    return parts.join(u' ');
}

QString explainDue(const api::SlaClock &clock)
{
    // In the order in which they came first.
    QList<std::pair<QString, std::chrono::milliseconds>> left;
    for (const api::SlaSpan &span : clock.spans) {
        if (span.reason == SlaSpanReason::counted || (clock.dueAt && span.from >= *clock.dueAt))
            continue;
        const Instant to = clock.dueAt ? std::min(span.to, *clock.dueAt) : span.to;
        const QString reason = spokenReason(span);
        const auto known = std::ranges::find_if(left, [&](const auto &each) { return each.first == reason; });
        if (known == left.end())
            left.append({ reason, to - span.from });
        else
            known->second += to - span.from;
    }
    QString text
        = (clock.counting == api::SlaCounting::always ? QStringLiteral("%1, day and night, from filing")
                                                      : QStringLiteral("%1 of working time from filing"))
              .arg(spokenDuration(std::chrono::minutes(clock.targetMinutes)));
    if (!clock.dueAt)
        text += QStringLiteral("; the clock stands still until the customer can be served");
    QStringList parts;
    for (const auto &[reason, duration] : left)
        parts.append(QStringLiteral("%1 (%2)").arg(spokenDuration(duration), reason));
    if (!parts.isEmpty())
        text += QStringLiteral("; not counted: ") + parts.join(QLatin1String(", "));
    return text + u'.';
}
