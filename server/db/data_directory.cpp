#include "server/db/data_directory.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QLoggingCategory>
#include <QStorageInfo>

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcDirectory, "squad.cluster")

namespace {

QString systemError()
{
    return QString::fromLocal8Bit(strerrordesc_np(errno));
}

tl::unexpected<Problem> unusable(const QString &why)
{
    return fail(Problem::internal(why));
}

} // namespace

DataDirectory::DataDirectory(QString path, ClusterUser user, int lock)
    : m_path(std::move(path))
    , m_user(std::move(user))
    , m_lock(new int(lock))
{
}

void DataDirectory::Unlock::operator()(const int *file) const
{
    close(*file);
    delete file;
}

Result<DataDirectory> DataDirectory::take(const QString &path)
{
    if (!QDir().mkpath(path))
        return unusable(u"The data directory %1 cannot be created: %2"_s.arg(path, systemError()));
    const QString canonical = QFileInfo(path).canonicalFilePath();
    const QString lockPath = canonical + "/lock"_L1;
    // Close-on-exec: PostgreSQL outlives a killed server for a moment and must not hold the lock meanwhile.
    const int lock = open(QFile::encodeName(lockPath).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        return unusable(u"The data directory %1 is not writable: %2"_s.arg(canonical, systemError()));
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        QByteArray holder(20, '\0');
        holder.truncate(std::max<qsizetype>(0, pread(lock, holder.data(), 20, 0)));
        close(lock);
        return unusable(u"Another server (process %2) works in the data directory %1. Stop it, or give this "
                        u"one a directory of its "
                        "own with --data-dir."_s.arg(canonical, QString::fromLatin1(holder.trimmed())));
    }
    const QByteArray self = QByteArray::number(getpid()) + '\n';
    if (ftruncate(lock, 0) != 0
        || pwrite(lock, self.constData(), static_cast<size_t>(self.size()), 0) != self.size()) {
        const QString error = systemError();
        close(lock);
        return unusable(u"The data directory %1 cannot be written to: %2"_s.arg(canonical, error));
    }
    Result<ClusterUser> user = ClusterUser::of(canonical + "/postgres"_L1);
    if (!user) {
        close(lock);
        return fail(user.error());
    }
    DataDirectory directory(canonical, *std::move(user), lock);
    TRY(directory.openToUser());
    return directory;
}

// Another user than ours must be able to pass through the data directory to reach the cluster in it, and no
// further.
Result<void> DataDirectory::openToUser() const
{
    if (m_user.isSelf())
        return {};
    const QByteArray path = QFile::encodeName(m_path);
    struct stat info = {};
    if (stat(path.constData(), &info) != 0)
        return unusable(u"The data directory %1 cannot be read: %2"_s.arg(m_path, systemError()));
    if ((info.st_mode & S_IXOTH) == 0
        && (chown(path.constData(), info.st_uid, m_user.gid()) != 0
            || chmod(path.constData(), (info.st_mode & 0777U) | S_IXGRP) != 0))
        return unusable(u"The data directory %1 cannot be opened to the user %2: %3"_s.arg(
            m_path, m_user.name(), systemError()
        ));
    for (QDir parent(m_path); parent.cdUp();) {
        if (stat(QFile::encodeName(parent.path()).constData(), &info) == 0 && (info.st_mode & S_IXOTH) == 0
            && info.st_uid != m_user.uid() && (info.st_gid != m_user.gid() || (info.st_mode & S_IXGRP) == 0))
            return unusable(u"PostgreSQL runs as the user %2, who may not pass through %1. Choose another "
                            u"--data-dir, such as "
                            "/var/lib/sysops-squad, or: chmod o+x %1"_s.arg(parent.path(), m_user.name()));
    }
    return {};
}

QString DataDirectory::sockets() const
{
    const QByteArray hash
        = QCryptographicHash::hash(m_path.toUtf8(), QCryptographicHash::Sha256).toHex().first(12);
    return (geteuid() == 0 ? u"/run/sysops-squad-%1"_s : u"/tmp/sysops-squad-%1"_s).arg(QLatin1String(hash));
}

qint64 DataDirectory::freeBytes() const
{
    return QStorageInfo(m_path).bytesAvailable();
}

Result<void> DataDirectory::prepareSockets() const
{
    const QByteArray path = QFile::encodeName(sockets());
    if (mkdir(path.constData(), 0700) == 0)
        TRY(m_user.own(sockets()));
    // /tmp is everybody's: what stands there under our name must be ours.
    struct stat info = {};
    if (lstat(path.constData(), &info) != 0)
        return unusable(u"%1 cannot be created: %2"_s.arg(sockets(), systemError()));
    if (!S_ISDIR(info.st_mode) || info.st_uid != m_user.uid() || (info.st_mode & 0077U) != 0)
        return unusable(u"%1 is not a directory that only the user %2 can enter. Remove it."_s.arg(
            sockets(), m_user.name()
        ));
    return {};
}

void DataDirectory::removeSockets() const
{
    QDir().rmdir(sockets());
}

std::optional<qint64> DataDirectory::runningPostmaster() const
{
    QFile file(cluster() + "/postmaster.pid"_L1);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const qint64 pid = file.readLine().trimmed().toLongLong();
    // Every PostgreSQL process works inside the directory it serves.
    if (pid > 1 && QFile::symLinkTarget(u"/proc/%1/cwd"_s.arg(pid)) == cluster())
        return pid;
    return std::nullopt;
}

void DataDirectory::removeStaleLocks() const
{
    if (!postgresProcesses().isEmpty())
        return;
    for (const QString &path : { cluster() + "/postmaster.pid"_L1, sockets() + "/.s.PGSQL.5432.lock"_L1 }) {
        if (QFile::remove(path))
            qCInfo(lcDirectory).noquote() << "removed" << path << "of a PostgreSQL process that is no more";
    }
}

QList<qint64> DataDirectory::postgresProcesses() const
{
    QList<qint64> found;
    for (const QString &entry : QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        bool isProcess = false;
        const qint64 pid = entry.toLongLong(&isProcess);
        // Somebody's shell may stand in the directory, too.
        if (isProcess && QFile::symLinkTarget(u"/proc/%1/cwd"_s.arg(pid)) == cluster()
            && QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(pid)).endsWith("/postgres"_L1))
            found += pid;
    }
    return found;
}
