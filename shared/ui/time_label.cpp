#include "shared/ui/time_label.h"

#include "shared/ui/relative_time.h"

using namespace std::chrono_literals;

TimeLabel::TimeLabel(Instant time, QWidget *parent)
    : QLabel(parent)
    , m_time(time)
{
    setProperty("words", QStringLiteral("caption"));
    setTextFormat(Qt::PlainText);
    setToolTip(absoluteTime(time));
    connect(&m_timer, &QTimer::timeout, this, &TimeLabel::refresh);
    m_timer.start(30s);
    refresh();
}

void TimeLabel::refresh()
{
    setText(relativeTime(m_time));
}
