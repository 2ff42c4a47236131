#pragma once

#include "server/db/cluster_user.h"

// The server's data directory, held by this process alone for as long as the object lives.
class DataDirectory
{
public:
    // Creates it if need be. A second server on it is refused.
    static Result<DataDirectory> take(const QString &path);

    [[nodiscard]] const QString &path() const { return m_path; }
    [[nodiscard]] const ClusterUser &user() const { return m_user; }
    [[nodiscard]] QString cluster() const { return m_path + QStringLiteral("/postgres"); }
    // Where PostgreSQL's socket lives: a path that is short, whatever the data directory is called, and open
    // to nobody else.
    [[nodiscard]] QString sockets() const;
    [[nodiscard]] qint64 freeBytes() const;

    [[nodiscard]] Result<void> prepareSockets() const;
    void removeSockets() const; // unless something is left in there
    // The postmaster that the pid file names, if it is alive and really serves this directory.
    [[nodiscard]] std::optional<qint64> runningPostmaster() const;
    // Removes the lock files of a postmaster that is no more. Their number may belong to any process by now,
    // or to a dead one that nobody has collected yet; PostgreSQL can tell neither from its predecessor and
    // would not start.
    void removeStaleLocks() const;
    // Every process of PostgreSQL that works in here. Without a postmaster they are orphans.
    [[nodiscard]] QList<qint64> postgresProcesses() const;

private:
    struct Unlock
    {
        void operator()(const int *file) const;
    };

    DataDirectory(QString path, ClusterUser user, int lock);
    [[nodiscard]] Result<void> openToUser() const;

    QString m_path;
    ClusterUser m_user;
    std::unique_ptr<const int, Unlock> m_lock;
};
