#pragma once

#include "shared/core/result.h"

#include <QString>

// An installation of PostgreSQL's programs.
struct PostgresBinaries
{
    QString folder;
    int major = 0;

    // For an existing cluster the version that made it, since no other can open it; for a new one the newest.
    static Result<PostgresBinaries> find(const QString &clusterDirectory);

    [[nodiscard]] QString program(const QString &name) const { return folder + u'/' + name; }
};
