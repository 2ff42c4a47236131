#pragma once

#include "server/db/data_directory.h"
#include "server/db/postgres_binaries.h"
#include "server/db/postgres_process.h"

#include <QObject>

// The server's private PostgreSQL: made on first start, in the data directory, reached by a Unix socket that
// only the server's user can open, with settings under which an acknowledged commit survives a crash. It is
// restarted when it dies, stops with this object, and within moments of this process's death, however that
// came.
class ManagedCluster : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        QString dataDir;
        int maxConnections = 100;
    };

    // Blocks until PostgreSQL accepts connections, which after a crash takes as long as its recovery.
    static Result<std::unique_ptr<ManagedCluster>> start(const Options &options);
    ~ManagedCluster() override;

    [[nodiscard]] QString url() const; // as the server logs in: no rights but those of the services' roles
    [[nodiscard]] QString ownerUrl() const; // as the migrator logs in
    [[nodiscard]] static QString
    serverRole(); // of url(): what Migrator makes a member of the services' roles
    [[nodiscard]] qint64 pid() const
    {
        return m_process ? m_process->pid() : 0;
    } // of the postmaster; 0 while it is down

signals:
    // PostgreSQL does not stay up, and this is why: the server cannot do its work any more. Comes from
    // another thread, so connect it with a receiver.
    void gaveUp(const QString &why);

private:
    ManagedCluster(Options options, DataDirectory directory, PostgresBinaries binaries);

    [[nodiscard]] Result<void> stopLeftOver() const;
    void stopOrphans() const;
    [[nodiscard]] Result<void> initialise() const;
    [[nodiscard]] Result<void> runInitdb(const QString &place) const;
    [[nodiscard]] Result<void> writeAccessRules() const;
    [[nodiscard]] Result<void> launch();
    [[nodiscard]] Result<void> createLogins() const;
    [[nodiscard]] QString urlOf(const QString &role, const QString &name) const;
    [[nodiscard]] QStringList arguments() const;

    Options m_options;
    DataDirectory m_directory;
    PostgresBinaries m_binaries;
    std::unique_ptr<PostgresProcess> m_process;
};
