#pragma once

#include "shared/core/result.h"

#include <QString>

#include <functional>

// The system user that PostgreSQL runs as: ourselves, or an unprivileged one when we are root, which
// PostgreSQL refuses.
class ClusterUser
{
public:
    // The owner of an existing cluster stays its user.
    static Result<ClusterUser> of(const QString &clusterDirectory);

    [[nodiscard]] const QString &name() const { return m_name; }
    [[nodiscard]] unsigned uid() const { return m_uid; }
    [[nodiscard]] unsigned gid() const { return m_gid; }
    [[nodiscard]] bool isSelf() const;
    [[nodiscard]] Result<void> own(const QString &path) const; // makes them the owner

    // What a child does between fork and exec to become this user. It also dies by `onParentDeath` when the
    // thread that started it ends, and leaves our process group, so that Ctrl-C on the terminal reaches the
    // server only.
    [[nodiscard]] std::function<void()> becomeInChild(int onParentDeath) const;

private:
    QString m_name;
    unsigned m_uid = 0;
    unsigned m_gid = 0;
};
