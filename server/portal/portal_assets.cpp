#include "server/portal/portal_assets.h"

#include "server/portal/gzip.h"

#include <QCryptographicHash>
#include <QDirIterator>
#include <QFile>

using namespace Qt::StringLiterals;

// The linker drops what nobody names from a static library; at global scope, because the macro declares a
// function.
static void nameResource()
{
    Q_INIT_RESOURCE(portal);
}

namespace {

const QString root = u":/portal/"_s;
const QString pageName = u"index.html"_s;

QByteArray contentTypeOf(const QString &name)
{
    if (name.endsWith(u".html"))
        return "text/html; charset=utf-8";
    if (name.endsWith(u".js"))
        return "text/javascript; charset=utf-8";
    if (name.endsWith(u".css"))
        return "text/css; charset=utf-8";
    if (name.endsWith(u".svg"))
        return "image/svg+xml";
    Q_ASSERT_X(false, "portal", qPrintable(u"no content type is known for "_s + name));
    return "application/octet-stream";
}

QByteArray hashOf(const QByteArray &content)
{
    constexpr qsizetype enough = 12; // bytes: nobody has to be kept from making two contents collide
    return QCryptographicHash::hash(content, QCryptographicHash::Sha256)
        .left(enough)
        .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

PortalAssets::Asset assetOf(const QString &name, const QByteArray &body)
{
    PortalAssets::Asset asset { contentTypeOf(name), body, gzip(body), hashOf(body) };
    if (asset.gzipped.size() >= body.size())
        asset.gzipped.clear();
    return asset;
}

QMap<QString, QByteArray> embeddedFiles()
{
    nameResource();
    QMap<QString, QByteArray> files;
    QDirIterator walk(root, QDir::Files, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        QFile file(walk.next());
        if (!file.open(QIODevice::ReadOnly))
            qFatal("portal: %s is not readable", qPrintable(file.fileName()));
        files.insert(file.fileName().mid(root.size()), file.readAll());
    }
    return files;
}

// One request instead of one per file; in the order of the names, which begin with a number.
void joinStyles(QMap<QString, QByteArray> &files)
{
    QByteArray joined;
    for (auto each = files.begin(); each != files.end();) {
        if (each.key().endsWith(u".css")) {
            joined += each.value();
            each = files.erase(each);
        } else {
            ++each;
        }
    }
    files.insert(u"portal.css"_s, joined);
}

} // namespace

PortalAssets::PortalAssets()
{
    QMap<QString, QByteArray> files = embeddedFiles();
    joinStyles(files);
    QByteArray page = files.take(pageName);

    QCryptographicHash all(QCryptographicHash::Sha256);
    QByteArray preload;
    for (auto each = files.cbegin(); each != files.cend(); ++each) {
        all.addData(each.key().toUtf8());
        all.addData(each.value());
        m_assets.insert(each.key(), assetOf(each.key(), each.value()));
        // Named in the page, the modules are fetched side by side; found one by one, they would be fetched
        // one after the other.
        if (each.key().endsWith(u".js"))
            preload += "<link rel=\"modulepreload\" href=\"{{assets}}/" + each.key().toUtf8() + "\">\n";
    }
    m_version = QString::fromLatin1(all.result().toHex().left(16));

    page.replace("{{preload}}", preload.trimmed());
    page.replace("{{assets}}", "/assets/" + m_version.toLatin1());
    m_page = assetOf(pageName, page);
}

const PortalAssets::Asset *PortalAssets::find(const QString &path) const
{
    const auto found = m_assets.constFind(path);
    return found == m_assets.constEnd() ? nullptr : &*found;
}
