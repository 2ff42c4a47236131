#include "server/db/embedded_migrations.h"

#include <QDir>
#include <QFile>

// Outside any namespace, as the macro demands; the reference keeps the linker from dropping the resource.
static void initialiseResource() // NOLINT(misc-use-anonymous-namespace)
{
    Q_INIT_RESOURCE(schema);
}

QList<Migration> embeddedMigrations()
{
    using namespace Qt::StringLiterals;
    initialiseResource();

    QStringList order { u"bus"_s,      u"http"_s,      u"push"_s,       u"timer"_s,   u"gateway"_s,
                        u"users"_s,    u"payment"_s,   u"catalog"_s,    u"billing"_s, u"ticket"_s,
                        u"matching"_s, u"knowledge"_s, u"accounting"_s, u"survey"_s,  u"notification"_s };
    QStringList schemas = QDir(u":/schema"_s).entryList(QDir::Dirs, QDir::Name);
    std::ranges::stable_sort(schemas, {}, [&](const QString &schema) {
        const qsizetype place = order.indexOf(schema);
        return place < 0 ? order.size() : place;
    });

    QList<Migration> migrations;
    for (const QString &schema : schemas) {
        const QDir folder(u":/schema/"_s + schema);
        for (const QString &name : folder.entryList({ u"*.sql"_s }, QDir::Files, QDir::Name)) {
            QFile file(folder.filePath(name));
            if (!file.open(QIODevice::ReadOnly))
                qFatal("The embedded migration %s cannot be read.", qPrintable(file.fileName()));
            migrations.append({ schema, name.section(u'_', 0, 0).toInt(), name.chopped(4), file.readAll() });
        }
    }
    return migrations;
}
