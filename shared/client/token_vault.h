#pragma once

#include "shared/client/reply.h"
#include "shared/core/secret.h"

#include <QHash>

namespace QKeychain {
class Job;
}

// Keeps refresh tokens over restarts, in the keychain of the desktop. Where none answers it keeps them in
// memory, for as long as the app runs, and says so: never in a file.
class TokenVault : public QObject
{
    Q_OBJECT
public:
    enum class Keeping { keychain, memory };

    // `service` is the name under which the person finds the entry in their keychain.
    explicit TokenVault(const QString &service, QObject *parent = nullptr);

    // Empty when there is none.
    Reply<Secret> read(const QString &key);
    void write(const QString &key, const Secret &token);
    void remove(const QString &key);

    [[nodiscard]] Keeping keeping() const { return m_keeping; }
    [[nodiscard]] const QString &whyMemory() const { return m_whyMemory; } // what the keychain said

signals:
    void keepingChanged();

private:
    [[nodiscard]] bool isUsable();
    void settle(const QKeychain::Job &job);
    void settle(Keeping keeping, const QString &why);

    QString m_service;
    Keeping m_keeping = Keeping::keychain;
    QString m_whyMemory;
    QHash<QString, Secret> m_memory;
};
