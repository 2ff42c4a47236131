#include "shared/ui/ticket/sla_words.h"

#include "shared/ui/relative_time.h"

#include <QCoreApplication>
#include <QLocale>

namespace {

struct SlaWords
{
    Q_DECLARE_TR_FUNCTIONS(SlaWords)
};

QString durationOf(std::chrono::milliseconds duration)
{
    return durationText(static_cast<int>(std::chrono::ceil<std::chrono::minutes>(duration).count()));
}

// relativeTime() looks back; a deadline mostly lies ahead.
QString dueTime(Instant due, Instant now)
{
    const QDateTime local = toDateTime(due).toLocalTime();
    const qint64 days = toDateTime(now).toLocalTime().date().daysTo(local.date());
    const QString clock = clockText(local.time());
    if (days == 0)
        return SlaWords::tr("today %1").arg(clock);
    if (days == 1)
        return SlaWords::tr("tomorrow %1").arg(clock);
    return QStringLiteral("%1 %2").arg(QLocale().toString(local.date(), QStringLiteral("ddd d MMM")), clock);
}

} // namespace

namespace words {

QString of(api::SlaClockKind kind)
{
    switch (kind) {
    case api::SlaClockKind::assign:
        return SlaWords::tr("Expert found");
    case api::SlaClockKind::accept:
        return SlaWords::tr("Job accepted");
    case api::SlaClockKind::arrive:
        return SlaWords::tr("Arrival");
    case api::SlaClockKind::resolve:
        return SlaWords::tr("Repair");
    }
    Q_UNREACHABLE();
}

QString of(const api::SlaSpan &span)
{
    switch (span.reason) {
    case api::SlaSpanReason::counted:
        return SlaWords::tr("Counted");
    case api::SlaSpanReason::night:
        return SlaWords::tr("Outside of working hours");
    case api::SlaSpanReason::dayBreak:
        return SlaWords::tr("Break: %1").arg(span.name.value_or(QString()));
    case api::SlaSpanReason::weekend:
        return SlaWords::tr("Weekend");
    case api::SlaSpanReason::closedDay:
        return SlaWords::tr("No working day");
    case api::SlaSpanReason::holiday:
        return SlaWords::tr("Closed for %1").arg(span.name.value_or(QString()));
    case api::SlaSpanReason::noShow:
        return SlaWords::tr("On hold: nobody was there");
    case api::SlaSpanReason::laterDay:
        return SlaWords::tr("On hold: the customer asked for a later day");
    case api::SlaSpanReason::access:
        return SlaWords::tr("On hold: no access to the device");
    case api::SlaSpanReason::completed:
        return SlaWords::tr("Completed, until it was opened again");
    }
    Q_UNREACHABLE();
}

QString spoken(const api::SlaSpan &span)
{
    return QStringLiteral("%1\n%2 – %3").arg(of(span), absoluteTime(span.from), absoluteTime(span.to));
}

QString standing(const api::SlaClock &clock, Instant now)
{
    const std::chrono::milliseconds left = std::chrono::minutes(clock.targetMinutes)
        - std::chrono::milliseconds(std::chrono::seconds(clock.countedSeconds));
    switch (clock.state) {
    case api::SlaClockState::met:
        return SlaWords::tr("Kept, with %1 to spare")
            .arg(durationOf(std::max(left, std::chrono::milliseconds::zero())));
    case api::SlaClockState::breached:
        return SlaWords::tr("Late, was due %1")
            .arg(clock.dueAt ? relativeTime(*clock.dueAt, now) : QString());
    case api::SlaClockState::paused:
        return SlaWords::tr("On hold with %1 left")
            .arg(durationOf(std::max(left, std::chrono::milliseconds::zero())));
    case api::SlaClockState::stopped:
        return SlaWords::tr("Called off");
    case api::SlaClockState::running:
        return clock.dueAt ? SlaWords::tr("%1 left, due %2").arg(durationOf(left), dueTime(*clock.dueAt, now))
                           : SlaWords::tr("%1 left").arg(durationOf(left));
    }
    Q_UNREACHABLE();
}

} // namespace words
