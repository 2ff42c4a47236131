#include "shared/ui/relative_time.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(RelativeTime)
};

} // namespace

QString relativeTime(Instant time, Instant now)
{
    const auto age = now - time;
    // A server whose clock is a little ahead does not make a future.
    if (age < 1min && age > -5min)
        return Words::tr("just now");
    if (age >= 0min && age < 60min)
        return Words::tr(
            "%n min ago", nullptr, static_cast<int>(std::chrono::floor<std::chrono::minutes>(age).count())
        );

    const QDateTime local = toDateTime(time).toLocalTime();
    const qint64 days = local.date().daysTo(toDateTime(now).toLocalTime().date());
    const QString clock = clockText(local.time());
    if (days == 0)
        return Words::tr("today %1").arg(clock);
    if (days == 1)
        return Words::tr("yesterday %1").arg(clock);
    if (days == -1)
        return Words::tr("tomorrow %1").arg(clock);
    const bool isThisYear = local.date().year() == toDateTime(now).toLocalTime().date().year();
    const QString day = QLocale().toString(local.date(), isThisYear ? u"d MMM"_s : u"d MMM yyyy"_s);
    return u"%1 %2"_s.arg(day, clock);
}

QString relativeTime(Instant time)
{
    return relativeTime(time, toInstant(QDateTime::currentDateTimeUtc()));
}

QString absoluteTime(Instant time)
{
    return QLocale().toString(toDateTime(time).toLocalTime(), QLocale::LongFormat);
}

QString placeTime(Instant time, const QTimeZone &place)
{
    const QDateTime there = toDateTime(time).toTimeZone(place);
    return u"%1 %2"_s.arg(QLocale().toString(there.date(), u"ddd d MMM"_s), clockText(there.time()));
}

QString clockText(QTime time)
{
    // The C locale, which is that of many a server room, would show seconds.
    const bool isPlain = QLocale().language() == QLocale::C;
    return isPlain ? time.toString(u"HH:mm"_s) : QLocale().toString(time, QLocale::ShortFormat);
}

QString durationText(int minutes)
{
    if (minutes < 60)
        return Words::tr("%n min", nullptr, minutes);
    if (minutes % 60 == 0)
        return Words::tr("%n h", nullptr, minutes / 60);
    return Words::tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}
