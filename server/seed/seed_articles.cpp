#include "server/seed/seed_articles.h"

#include "shared/json/codec.h"

#include <QDirIterator>
#include <QFile>

// Outside any namespace, as the macro demands; the reference keeps the linker from dropping the resource.
static void initialiseResource()
{
    Q_INIT_RESOURCE(seed);
}

namespace seed_articles {

using namespace Qt::StringLiterals;

namespace {

    // Whatever is named in it has the same id in every installation.
    constexpr QUuid ids { 0x5d0a3f1e, 0x6a43, 0x4e0b, 0x9c, 0x1d, 0x2f, 0x77, 0x41, 0xb8, 0x90, 0x3e };

    Problem broken(const QString &name, const QString &how)
    {
        return Problem::invalid(name, how);
    }

    QJsonArray entries(const QString &value)
    {
        QJsonArray list;
        for (const QString &entry : value.split(u';', Qt::SkipEmptyParts))
            list.append(entry.trimmed());
        return list;
    }

    Result<QJsonObject> head(const QString &name, const QString &lines)
    {
        QJsonObject object { { u"symptoms"_s, QJsonArray() },
                             { u"tools"_s, QJsonArray() },
                             { u"tags"_s, QJsonArray() } };
        for (const QString &line : lines.split(u'\n')) {
            const QString key = line.section(u':', 0, 0);
            const QString value = line.section(u':', 1).trimmed();
            if (key == u"category"_s)
                object[key] = value;
            else if (object.contains(key))
                object[key] = entries(value);
            else
                return fail(broken(name, u"does not know '%1'"_s.arg(key)));
        }
        return object;
    }

} // namespace

Result<GivenArticle> read(const QString &name, const QString &text)
{
    const qsizetype headEnd = text.indexOf(u"\n\n# "_s);
    const qsizetype titleEnd = text.indexOf(u"\n\n"_s, headEnd + 4);
    if (headEnd < 0 || titleEnd < 0)
        return fail(broken(name, u"has no title or no text"_s));
    QJsonObject object = TRY(head(name, text.left(headEnd)));
    object[u"title"_s] = text.mid(headEnd + 4, titleEnd - headEnd - 4);
    object[u"body"_s] = text.mid(titleEnd).trimmed();
    return GivenArticle { api::ArticleId(QUuid::createUuidV5(ids, u"article/"_s + name)),
                          TRY(json::fromJson<api::ArticleContent>(object)) };
}

QList<GivenArticle> all()
{
    initialiseResource();
    QList<GivenArticle> articles;
    QDirIterator files(u":/seed/articles"_s, { u"*.md"_s }, QDir::Files);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly))
            qFatal("the seed file %s cannot be read", qPrintable(file.fileName()));
        const auto article = read(QFileInfo(file).completeBaseName(), QString::fromUtf8(file.readAll()));
        if (!article) {
            const FieldError error = article.error().fields.value(0);
            qFatal(
                "the seed file %s: %s %s",
                qPrintable(file.fileName()),
                qPrintable(error.pointer),
                qPrintable(error.detail)
            );
        }
        articles.append(*article);
    }
    return articles;
}

} // namespace seed_articles
