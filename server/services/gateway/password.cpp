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

} // namespace

PasswordHasher::PasswordHasher(int memoryMib, int atOnce, int mayWait)
    : m_memory(size_t(memoryMib) << 20)
    , m_places(atOnce + mayWait)
    , m_slots(atOnce)
{
    if (sodium_init() < 0)
        qFatal("libsodium cannot be initialised");
    m_decoy = encode("nobody's password", m_memory);
}

Result<void> PasswordHasher::enter() const
{
    if (m_inside.fetch_add(1) >= m_places) {
        m_inside.fetch_sub(1);
        return fail({ ProblemKind::tooMany,
                      QStringLiteral("Many people are signing in right now. Please try again in a moment."),
                      {},
                      {},
                      {} });
    }
    m_slots.acquire();
    return {};
}

Result<QString> PasswordHasher::hash(const Secret &password) const
{
    TRY(enter());
    const QString encoded = encode(password.reveal(), m_memory);
    m_slots.release();
    m_inside.fetch_sub(1);
    if (encoded.isEmpty())
        return fail(
            Problem::unavailable(QStringLiteral("There is not enough memory to check a password right now."))
        );
    return encoded;
}

Result<bool> PasswordHasher::matches(const Secret &password, const QString &hash) const
{
    TRY(enter());
    const QByteArray encoded = (hash.isEmpty() ? m_decoy : hash).toLatin1();
    const QByteArrayView plain = password.reveal();
    const bool ok = crypto_pwhash_str_verify(
                        encoded.constData(), plain.data(), static_cast<unsigned long long>(plain.size())
                    )
        == 0;
    m_slots.release();
    m_inside.fetch_sub(1);
    return ok && !hash.isEmpty();
}
