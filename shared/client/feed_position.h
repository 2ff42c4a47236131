#pragma once

#include "shared/api/account.h"

#include <QSettings>

// Remembers over restarts how far each account has read its push feed on this computer.
class FeedPosition
{
public:
    explicit FeedPosition(QSettings &settings)
        : m_settings(settings)
    {
    }

    // 0: never read.
    [[nodiscard]] qint64 of(const QUrl &server, const api::AccountId &account) const
    {
        return m_settings.value(key(server, account)).toLongLong();
    }

    void remember(const QUrl &server, const api::AccountId &account, qint64 seq)
    {
        m_settings.setValue(key(server, account), seq);
    }

private:
    [[nodiscard]] static QString key(const QUrl &server, const api::AccountId &account)
    {
        // QSettings takes a slash for a group of its own.
        return QStringLiteral("push/%1/%2").arg(server.authority().replace(u':', u'_'), account.toString());
    }

    QSettings &m_settings;
};
