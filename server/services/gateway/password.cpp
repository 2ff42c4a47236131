#include "server/services/gateway/password.h"

#include <array>
#include <sodium.h>

namespace {

// Two passes over the memory: libsodium's interactive setting.
constexpr unsigned long long passes = 2;

QString encode(QByteArrayView password, size_t memory)
{
    std::array<char, crypto_pwhash_STRBYTES> out {};
    const int failed = crypto_pwhash_str_alg(
        out.data(),
        password.data(),
        static_cast<unsigned long long>(password.size()),
        passes,
        memory,
        crypto_pwhash_ALG_ARGON2ID13
    );
    return failed != 0 ? QString() : QString::fromLatin1(out.data());
}

QSemaphoreReleaser take(QSemaphore &semaphore)
{
    semaphore.acquire();
    return QSemaphoreReleaser(semaphore);
}

} // namespace

PasswordHasher::PasswordHasher(int memoryMib, int atOnce)
    : m_memory(size_t(memoryMib) << 20)
    , m_slots(atOnce)
{
    if (sodium_init() < 0)
        qFatal("libsodium cannot be initialised");
    m_decoy = encode("nobody's password", m_memory);
}

Result<QString> PasswordHasher::hash(const Secret &password) const
{
    const QSemaphoreReleaser slot = take(m_slots);
    const QString encoded = encode(password.reveal(), m_memory);
    if (encoded.isEmpty())
        return fail(
            Problem::unavailable(QStringLiteral("There is not enough memory to check a password right now."))
        );
    return encoded;
}

bool PasswordHasher::matches(const Secret &password, const QString &hash) const
{
    const QSemaphoreReleaser slot = take(m_slots);
    const QByteArray encoded = (hash.isEmpty() ? m_decoy : hash).toLatin1();
    const QByteArrayView plain = password.reveal();
    const bool isRight = crypto_pwhash_str_verify(
                             encoded.constData(), plain.data(), static_cast<unsigned long long>(plain.size())
                         )
        == 0;
    return isRight && !hash.isEmpty();
}

bool PasswordHasher::isOutdated(const QString &hash) const
{
    return crypto_pwhash_str_needs_rehash(hash.toLatin1().constData(), passes, m_memory) != 0;
}
