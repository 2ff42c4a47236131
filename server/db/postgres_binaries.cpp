#include "server/db/postgres_binaries.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace {

constexpr int oldestSupported = 15;

// The server's own answer: "postgres (PostgreSQL) 15.18 (Debian …)".
int majorOf(const QString &folder)
{
    QProcess postgres;
    postgres.start(folder + "/postgres"_L1, { u"--version"_s });
    if (!postgres.waitForFinished(10'000))
        return 0;
    return QString::fromUtf8(postgres.readAllStandardOutput())
        .section(u' ', 2, 2)
        .section(u'.', 0, 0)
        .toInt();
}

// Newest first: the packages of Debian and Red Hat, then whatever the path offers.
QList<PostgresBinaries> installed()
{
    QStringList folders;
    for (const QString &root : { u"/usr/lib/postgresql"_s, u"/usr"_s }) {
        const QStringList names = root == "/usr"_L1 ? QStringList { u"pgsql-*"_s } : QStringList { u"*"_s };
        for (const QString &version : QDir(root).entryList(names, QDir::Dirs | QDir::NoDotAndDotDot))
            folders += root + u'/' + version + "/bin"_L1;
    }
    if (const QString initdb = QStandardPaths::findExecutable(u"initdb"_s); !initdb.isEmpty())
        folders += QFileInfo(initdb).canonicalPath();
    QList<PostgresBinaries> found;
    for (const QString &folder : std::as_const(folders)) {
        const bool isComplete
            = QFile::exists(folder + "/initdb"_L1) && QFile::exists(folder + "/postgres"_L1);
        if (const int major = isComplete ? majorOf(folder) : 0; major > 0)
            found.append({ folder, major });
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &PostgresBinaries::major);
    return found;
}

} // namespace

Result<PostgresBinaries> PostgresBinaries::find(const QString &clusterDirectory)
{
    const QList<PostgresBinaries> all = installed();
    QFile version(clusterDirectory + "/PG_VERSION"_L1);
    if (version.open(QIODevice::ReadOnly)) {
        const int needed = version.readAll().trimmed().toInt();
        const auto match = std::ranges::find(all, needed, &PostgresBinaries::major);
        if (match != all.end())
            return *match;
        return fail(Problem::internal(u"The data in %1 was written by PostgreSQL %2, which is not installed. "
                                      u"Install postgresql-%2; to move to a "
                                      "newer version use pg_upgrade, or pg_dump and restore."_s
                                          .arg(clusterDirectory)
                                          .arg(needed)));
    }
    if (all.isEmpty() || all.first().major < oldestSupported)
        return fail(Problem::internal(u"PostgreSQL %1 or newer is not installed. Install the package "
                                      u"postgresql, or give the server a database with "
                                      "--database-url."_s.arg(oldestSupported)));
    return all.first();
}
