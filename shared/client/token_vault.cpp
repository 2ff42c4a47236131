#include "shared/client/token_vault.h"

#include <QAbstractEventDispatcher>
#include <qt6keychain/keychain.h>

namespace {

// libsecret answers through GLib's main loop: under any other event dispatcher its jobs would never end.
bool keychainCanAnswer()
{
    const QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    return dispatcher && QByteArrayView(dispatcher->metaObject()->className()).contains("Glib");
}

} // namespace

TokenVault::TokenVault(const QString &service, QObject *parent)
    : QObject(parent)
    , m_service(service)
{
}

Reply<Secret> TokenVault::read(const QString &key)
{
    Promise<Secret> promise;
    if (!isUsable()) {
        promise.answer(m_memory.value(key));
        return promise.reply();
    }
    auto *job = new QKeychain::ReadPasswordJob(m_service, this);
    job->setKey(key);
    connect(job, &QKeychain::Job::finished, this, [this, job, key, promise] {
        settle(*job);
        promise.answer(job->error() == QKeychain::NoError ? Secret(job->binaryData()) : m_memory.value(key));
    });
    job->start();
    return promise.reply();
}

void TokenVault::write(const QString &key, const Secret &token)
{
    m_memory.insert(key, token);
    if (!isUsable())
        return;
    auto *job = new QKeychain::WritePasswordJob(m_service, this);
    job->setKey(key);
    job->setBinaryData(token.reveal().toByteArray());
    connect(job, &QKeychain::Job::finished, this, [this, job] { settle(*job); });
    job->start();
}

void TokenVault::remove(const QString &key)
{
    m_memory.remove(key);
    if (!isUsable())
        return;
    auto *job = new QKeychain::DeletePasswordJob(m_service, this);
    job->setKey(key);
    connect(job, &QKeychain::Job::finished, this, [this, job] { settle(*job); });
    job->start();
}

bool TokenVault::isUsable()
{
    if (!keychainCanAnswer()) {
        settle(Keeping::memory, tr("This program runs without the event loop that the keychain needs."));
        return false;
    }
    return true;
}

// Each answer tells anew whether there is a keychain: one that was locked may have been opened.
void TokenVault::settle(const QKeychain::Job &job)
{
    if (job.error() == QKeychain::NoError || job.error() == QKeychain::EntryNotFound)
        settle(Keeping::keychain, {});
    else
        settle(Keeping::memory, job.errorString());
}

void TokenVault::settle(Keeping keeping, const QString &why)
{
    m_whyMemory = why;
    if (std::exchange(m_keeping, keeping) != keeping)
        emit keepingChanged();
}
