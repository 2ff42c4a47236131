#include "shared/ui/connection_badge.h"

#include "shared/ui/icon.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/scaling.h"

#include <QStyle>

using namespace Qt::StringLiterals;

namespace {

QString lostSince(const ConnectionState &connection)
{
    return clockText(connection.lostAt().toLocalTime().time());
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
    keepScaled(this, [this] { setIconSize({ scaled(20), scaled(15) }); });
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
    setFocusPolicy(isLost ? Qt::StrongFocus : Qt::NoFocus); // while all is well there is nothing to press
    setAccessibleName(tr("Connection: %1").arg(text()));
    setToolTip(isLost ? tr("Click to try again now") : tr("What you see changes by itself as it happens"));
    setProperty("tone", isOnline ? u"success"_s : isLost ? u"warning"_s : u"neutral"_s);
    style()->unpolish(this);
    style()->polish(this);
}
