#pragma once

#include <QUrl>
#include <QUrlQuery>

inline constexpr auto receiptPath = "/api/v1/webhooks/messages/";

// Where a vendor tells what became of a message. It names the message itself: a receipt may come before the
// answer by which we learn the vendor's name for it.
[[nodiscard]] inline QByteArray
receiptAddress(const QUrl &server, const QString &vendor, const QString &message)
{
    if (server.isEmpty())
        return {};
    QUrl url = server.resolved(QUrl(QLatin1String(receiptPath) + vendor));
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("message"), message);
    url.setQuery(query);
    return url.toEncoded();
}
