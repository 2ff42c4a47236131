#pragma once

#include "shared/core/result.h"
#include "shared/core/secret.h"

#include <QSemaphore>

#include <atomic>

// Hashes and checks passwords with argon2id (RFC 9106) through libsodium.
//
// A hash costs memory and a tenth of a second of a core on purpose, so only a few run at once and few may
// wait: a storm of sign-ins is told to come back later (tooMany) instead of taking every database worker away
// from intake.
class PasswordHasher
{
public:
    explicit PasswordHasher(int memoryMib, int atOnce = 2, int mayWait = 2);

    // The encoded hash, with its salt and cost.
    Result<QString> hash(const Secret &password) const;

    // False for a wrong password. An empty hash (there is no such account) costs the same time and is false.
    Result<bool> matches(const Secret &password, const QString &hash) const;

private:
    Result<void> enter() const;

    size_t m_memory;
    int m_places;
    mutable QSemaphore m_slots;
    mutable std::atomic<int> m_inside = 0;
    QString m_decoy;
};
