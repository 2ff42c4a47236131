#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>

// The portal's files, compiled in, read once and kept ready to be sent.
//
// All of them together have one version, a hash of their content, that is part of their address: what is at
// such an address never changes and may be kept for ever, while the page itself is asked for anew each time
// and names the newest version.
class PortalAssets
{
public:
    struct Asset
    {
        QByteArray contentType;
        QByteArray body;
        QByteArray gzipped; // empty where it would not be smaller
        QByteArray etag; // without quotes
    };

    PortalAssets();

    // By path below the version: "app/main.js".
    [[nodiscard]] const Asset *find(const QString &path) const;
    [[nodiscard]] const QString &version() const { return m_version; }
    // The one HTML document: it serves every address, its script draws the page that belongs there.
    [[nodiscard]] const Asset &page() const { return m_page; }

private:
    QHash<QString, Asset> m_assets;
    Asset m_page;
    QString m_version;
};
