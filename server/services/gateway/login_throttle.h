#pragma once

#include "shared/core/instant.h"

#include <QHash>
#include <QMutex>
#include <QString>

// Slows down who guesses passwords: after a few failures each further try has to wait, twice as long each
// time.
//
// Counted three ways. Per account and address together: few tries, long waits. Per address: generous, since a
// shop's whole staff may share one. Per account: against guesses from many addresses; generous, short waits,
// and not for addresses the account was signed in from before, so that a stranger cannot lock its owner out.
// An IPv6 address counts as its /64, which is what one customer of a provider gets. In memory: a restart
// forgives.
class LoginThrottle
{
public:
    // How long this try has to wait still; zero: go on.
    [[nodiscard]] std::chrono::milliseconds
    waitFor(const QString &email, const QString &address, Instant now) const;
    // The same for the account alone: only for an address it has not been signed in from.
    [[nodiscard]] std::chrono::milliseconds waitForStranger(const QString &email, Instant now) const;

    void failed(const QString &email, const QString &address, Instant now);
    void succeeded(const QString &email, const QString &address);

    [[nodiscard]] qsizetype size() const;
    // Beyond this the oldest half is forgotten: an attacker must not be able to fill the memory.
    static constexpr qsizetype mostKept = 20'000;

private:
    struct Failures
    {
        int count = 0;
        Instant last;
    };
    struct Limit
    {
        int freeTries;
        std::chrono::milliseconds longestPause;
    };
    static const Limit ofPair;
    static const Limit ofAddress;
    static const Limit ofAccount;

    [[nodiscard]] std::chrono::milliseconds rest(const QString &key, const Limit &limit, Instant now) const;
    void count(const QString &key, Instant now);
    void forgetOldest();

    mutable QMutex m_mutex;
    QHash<QString, Failures> m_failures;
};
