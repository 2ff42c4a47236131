#pragma once

#include "shared/core/instant.h"

#include <QHash>
#include <QMutex>
#include <QString>

// Slows down who guesses passwords: after a few failures each further try has to wait, twice as long each
// time.
//
// Counted per account and address together, and more generously per address alone, so that a stranger who
// guesses at somebody's account does not lock its owner out at home. In memory: a restart forgives.
class LoginThrottle
{
public:
    // How long this try has to wait still; zero: go on.
    [[nodiscard]] std::chrono::milliseconds
    waitFor(const QString &email, const QString &address, Instant now) const;
    void failed(const QString &email, const QString &address, Instant now);
    void succeeded(const QString &email, const QString &address);

private:
    struct Failures
    {
        int count = 0;
        Instant last;
    };

    // Beyond this the oldest half is forgotten: an attacker must not be able to fill the memory.
    static constexpr qsizetype mostKept = 20'000;

    static std::chrono::milliseconds pause(const Failures &failures, int freeTries);
    void count(const QString &key, Instant now);

    mutable QMutex m_mutex;
    QHash<QString, Failures> m_failures;
};
