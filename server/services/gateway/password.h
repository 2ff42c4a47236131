#pragma once

#include "shared/core/result.h"
#include "shared/core/secret.h"

#include <QSemaphore>

// Hashes and checks passwords with argon2id (RFC 9106) through libsodium.
//
// A hash costs memory and a tenth of a second of a core on purpose, so only a few run at once and everybody
// else waits. Whoever calls must not hold a transaction meanwhile, nor a thread that others need.
class PasswordHasher
{
public:
    PasswordHasher(int memoryMib, int atOnce);

    // The encoded hash, with its salt and cost.
    Result<QString> hash(const Secret &password) const;

    // False for a wrong password. An empty hash (there is no such account) costs the same time and is false.
    [[nodiscard]] bool matches(const Secret &password, const QString &hash) const;

    // Whether it was made with another cost than is set now.
    [[nodiscard]] bool isOutdated(const QString &hash) const;

private:
    size_t m_memory;
    mutable QSemaphore m_slots;
    QString m_decoy;
};
