#include "server/services/payment/master_keys.h"

#include "server/services/payment/private_file.h"

#include <QFile>
#include <QProcess>

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int commandTime = 30'000;

// Wipes the text that keys were read from, on every way out.
class Wiped
{
public:
    explicit Wiped(QByteArray &text)
        : m_text(text)
    {
    }
    ~Wiped() { sodium_memzero(m_text.data(), static_cast<size_t>(m_text.size())); }
    Wiped(const Wiped &) = delete;
    Wiped &operator=(const Wiped &) = delete;

private:
    QByteArray &m_text;
};

tl::unexpected<Problem> unusable(const QString &why)
{
    return fail(Problem::internal(u"The master key of the card vault cannot be used: "_s + why));
}

Result<QByteArray> readCommand(const QString &command)
{
    QStringList words = QProcess::splitCommand(command);
    if (words.isEmpty())
        return unusable(u"the command is empty"_s);
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(words.takeFirst(), words, QIODevice::ReadOnly);
    if (!process.waitForFinished(commandTime) || process.exitStatus() != QProcess::NormalExit
        || process.exitCode() != 0) {
        process.kill();
        process.waitForFinished();
        return unusable(u"the command failed: %1"_s.arg(process.errorString()));
    }
    return process.readAllStandardOutput();
}

} // namespace

Result<MasterKeys> MasterKeys::read(const Source &source)
{
    QByteArray text;
    const Wiped wiped(text);
    if (source.command)
        text = TRY(readCommand(*source.command));
    else if (source.file)
        text = TRY(readPrivateFile(*source.file));
    return parse(text);
}

Result<MasterKeys> MasterKeys::parse(QByteArrayView text)
{
    MasterKeys keys;
    for (qsizetype start = 0; start < text.size();) {
        qsizetype end = text.indexOf('\n', start);
        end = end < 0 ? text.size() : end;
        const QByteArrayView line = text.sliced(start, end - start).trimmed();
        start = end + 1;
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        const qsizetype space = line.indexOf(' ');
        bool isNumber = false;
        const int version = line.first(std::max<qsizetype>(space, 0)).toByteArray().toInt(&isNumber);
        const QByteArrayView encoded = line.sliced(space + 1).trimmed();
        auto key = std::make_shared<LockedBytes>(keySize);
        size_t size = 0;
        const int failed = sodium_base642bin(
            key->data(),
            key->size(),
            encoded.data(),
            static_cast<size_t>(encoded.size()),
            nullptr,
            &size,
            nullptr,
            sodium_base64_VARIANT_ORIGINAL
        );
        if (!isNumber || version < 1 || failed != 0 || size != keySize)
            return unusable(u"each line must be a version and 32 bytes in base64"_s);
        if (keys.m_keys.contains(version))
            return unusable(u"version %1 is there twice"_s.arg(version));
        keys.m_keys.insert(version, std::move(key));
    }
    if (keys.m_keys.isEmpty())
        return unusable(u"there is none"_s);
    return keys;
}

Result<void> MasterKeys::createFile(const QString &path)
{
    const int descriptor
        = ::open(QFile::encodeName(path).constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == EEXIST)
        return {};
    QFile file;
    if (descriptor < 0 || !file.open(descriptor, QIODevice::WriteOnly, QFile::AutoCloseHandle))
        return unusable(u"%1 cannot be made: %2"_s.arg(path, qt_error_string(errno)));
    const auto key = LockedBytes::random(keySize);
    QByteArray line("1 ");
    const Wiped wiped(line);
    line.reserve(80); // in one piece, so that there is one to wipe
    std::array<char, 64> encoded {};
    sodium_bin2base64(
        encoded.data(), encoded.size(), key->data(), key->size(), sodium_base64_VARIANT_ORIGINAL
    );
    line.append(encoded.data()).append('\n');
    sodium_memzero(encoded.data(), encoded.size());
    if (file.write(line) != line.size() || !file.flush() || ::fsync(descriptor) != 0)
        return unusable(u"%1 cannot be written: %2"_s.arg(path, file.errorString()));
    return {};
}

const unsigned char *MasterKeys::find(int version) const
{
    const auto found = m_keys.constFind(version);
    return found == m_keys.constEnd() ? nullptr : (*found)->data();
}
