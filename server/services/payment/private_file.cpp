#include "server/services/payment/private_file.h"

#include <QFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype largest = 64 * 1024;

} // namespace

Result<QByteArray> readPrivateFile(const QString &path)
{
    const auto unusable = [&](const QString &why) {
        return fail(Problem::internal(u"%1 cannot be used: it %2"_s.arg(path, why)));
    };
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        return unusable(u"cannot be opened: "_s + qt_error_string(errno));
    QFile file;
    if (!file.open(descriptor, QIODevice::ReadOnly | QIODevice::Unbuffered, QFile::AutoCloseHandle))
        return unusable(u"cannot be read"_s);
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return unusable(u"is no file"_s);
    if ((status.st_mode & 0177) != 0)
        return unusable(u"must have mode 0600"_s);
    if (status.st_uid != ::geteuid() && status.st_uid != 0)
        return unusable(u"belongs to somebody else"_s);
    return file.read(largest);
}
