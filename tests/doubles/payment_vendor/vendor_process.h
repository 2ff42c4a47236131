#pragma once

#include "tests/support/blocking_client.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTemporaryFile>

#include <memory>

// The payment vendor as a process of its own, with keys that nobody else knows. Ends with this object.
class VendorProcess
{
public:
    struct Options
    {
        QString directory; // where keys and books are kept; empty: nowhere, for this once
        quint16 port = 0; // 0: any free one, the same after a restart
    };

    VendorProcess()
        : VendorProcess(Options {})
    {
    }
    explicit VendorProcess(Options options); // starts it; what cannot ends the program
    ~VendorProcess();
    VendorProcess(const VendorProcess &) = delete;
    VendorProcess &operator=(const VendorProcess &) = delete;

    void start();
    void stop();

    [[nodiscard]] const QUrl &url() const { return m_url; }
    [[nodiscard]] QByteArray key() const; // of its clients
    [[nodiscard]] QByteArray webhookKey() const;
    // What makes a sysops-server use it.
    [[nodiscard]] QStringList serverOptions() const;

    void sendWebhooksTo(const QUrl &server); // a sysops-server
    void behave(const QJsonObject &changes); // see behaviour.h
    void forgetKeys(); // as Stripe does after a day
    [[nodiscard]] QJsonObject state(); // totals and counts
    [[nodiscard]] qint64 count(const QString &name) { return state().value(name).toInteger(); }
    [[nodiscard]] BlockingClient::Answer
    ask(const QByteArray &method,
        const QString &path,
        const QByteArray &form = {},
        const QByteArray &idempotencyKey = {});

private:
    [[nodiscard]] QString path(const QString &name) const;
    void makeKey(const QString &name, const QByteArray &prefix) const;
    BlockingClient::Answer
    control(const QByteArray &method, const QString &what, const QByteArray &body = {});

    Options m_options;
    std::unique_ptr<QTemporaryDir> m_ownDirectory;
    std::unique_ptr<QProcess> m_process;
    QTemporaryFile m_log;
    QUrl m_url;
};
