#include "server/db/cluster_user.h"

#include <QFile>
#include <QProcess>

#include <csignal>
#include <cstring>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

constexpr const char *ownUser = "sysops-squad";

const passwd *findUser(const char *name)
{
    return getpwnam(name); // NOLINT(concurrency-mt-unsafe): called at start-up only, before there are threads
}

// PostgreSQL's packages bring a user along; where they do not, we make one of our own.
Result<const passwd *> unprivilegedUser()
{
    for (const char *name : { ownUser, "postgres" }) {
        if (const passwd *user = findUser(name))
            return user;
    }
    const QStringList arguments {
        u"--system"_s, u"--no-create-home"_s, u"--shell"_s, u"/usr/sbin/nologin"_s, QLatin1String(ownUser)
    };
    if (QProcess::execute(u"useradd"_s, arguments) == 0) {
        if (const passwd *user = findUser(ownUser))
            return user;
    }
    return fail(Problem::internal(
        u"PostgreSQL does not run as root, there is no user 'postgres', and creating '%1' failed. Create a "
        u"system user "
        "of that name, or run the server as an ordinary user."_s.arg(QLatin1String(ownUser))
    ));
}

} // namespace

Result<ClusterUser> ClusterUser::of(const QString &clusterDirectory)
{
    struct stat info = {};
    const bool exists = stat(QFile::encodeName(clusterDirectory).constData(), &info) == 0;
    const passwd *found = nullptr;
    if (geteuid() != 0) {
        if (exists && info.st_uid != geteuid())
            return fail(Problem::internal(
                u"%1 belongs to another user. Run the server as its owner or as root."_s.arg(clusterDirectory)
            ));
        found = getpwuid(geteuid()); // NOLINT(concurrency-mt-unsafe): see findUser
    } else if (exists && info.st_uid != 0) {
        found = getpwuid(info.st_uid); // NOLINT(concurrency-mt-unsafe): see findUser
    } else {
        found = TRY(unprivilegedUser());
    }
    if (found == nullptr)
        return fail(
            Problem::internal(u"The user who owns %1 has no name on this system."_s.arg(clusterDirectory))
        );
    ClusterUser user;
    user.m_name = QString::fromLocal8Bit(found->pw_name);
    user.m_uid = found->pw_uid;
    user.m_gid = found->pw_gid;
    return user;
}

bool ClusterUser::isSelf() const
{
    return m_uid == geteuid();
}

Result<void> ClusterUser::own(const QString &path) const
{
    if (isSelf() || lchown(QFile::encodeName(path).constData(), m_uid, m_gid) == 0)
        return {};
    return fail(Problem::internal(u"%1 cannot be given to the user %2: %3"_s.arg(
        path, m_name, QString::fromLocal8Bit(strerrordesc_np(errno))
    )));
}

std::function<void()> ClusterUser::becomeInChild(int onParentDeath) const
{
    // Only async-signal-safe calls: another thread may have held any lock when the process forked.
    return [uid = m_uid, gid = m_gid, parent = getpid(), drop = !isSelf(), onParentDeath] {
        setsid();
        if (drop && (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(uid) != 0))
            _exit(126);
        prctl(PR_SET_PDEATHSIG, onParentDeath); // after setuid, which clears it
        if (getppid() != parent)
            _exit(126); // it died before we asked
    };
}
