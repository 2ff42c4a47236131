#include "server/db/cluster.h"

#include <QCoreApplication>
#include <QTextStream>

// A server reduced to its database: starts the cluster in the given directory, says so, and waits to be
// killed.
int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const auto cluster = ManagedCluster::start({ .dataDir = application.arguments().at(1) });
    QTextStream out(stdout);
    if (!cluster) {
        out << "refused: " << cluster.error().detail << Qt::endl;
        return 1;
    }
    out << "running: " << (*cluster)->pid() << Qt::endl;
    return QCoreApplication::exec();
}
