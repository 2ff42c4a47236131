#include "shared/ui/connection_badge.h"

#include "shared/ui/icon.h"
#include "shared/ui/relative_time.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace {

QString lostSince(const ConnectionState &connection)
{
    return QLocale().toString(connection.lostAt().toLocalTime().time(), QLocale::ShortFormat);
}

} // namespace

QString connectionText(const ConnectionState &connection)
{
    switch (connection.phase()) {
    case ConnectionState::Phase::signedOut:
        return ConnectionBadge::tr("Signed out");
    case ConnectionState::Phase::connecting:
        return ConnectionBadge::tr("Connecting …");
    case ConnectionState::Phase::online:
        return ConnectionBadge::tr("Live");
    case ConnectionState::Phase::reconnecting:
        if (const auto seconds = connection.secondsToRetry(); seconds && *seconds > 0)
            return ConnectionBadge::tr("Reconnecting in %1 s …").arg(*seconds);
        return ConnectionBadge::tr("Reconnecting …");
    case ConnectionState::Phase::offline:
        return ConnectionBadge::tr("Offline since %1").arg(lostSince(connection));
    }
    Q_UNREACHABLE();
}

ConnectionBadge::ConnectionBadge(ConnectionState &connection, QWidget *parent)
    : QPushButton(parent)
    , m_connection(connection)
{
    setProperty("kind", u"quiet"_s);
    connect(this, &QPushButton::clicked, &m_connection, &ConnectionState::retryNow);
    connect(&m_connection, &ConnectionState::changed, this, &ConnectionBadge::refresh);
    refresh();
}

void ConnectionBadge::refresh()
{
    const auto phase = m_connection.phase();
    const bool isLost
        = phase == ConnectionState::Phase::reconnecting || phase == ConnectionState::Phase::offline;
    const bool isOnline = phase == ConnectionState::Phase::online;
    const Tone tone = isOnline ? Tone::success : isLost ? Tone::warning : Tone::neutral;
    setText(connectionText(m_connection));
    setIcon(::icon(isLost ? u"offline"_s : u"online"_s, tone));
    setEnabled(isLost);
    setAccessibleName(tr("Connection: %1").arg(text()));
    setToolTip(isLost ? tr("Click to try again now") : tr("What you see changes by itself as it happens"));
    setStyleSheet(u"color: %1; font-weight: 600;"_s.arg(Tokens::of(palette()).of(tone).ink.name()));
}
