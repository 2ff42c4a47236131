#pragma once

#include "tests/support/blocking_client.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTemporaryFile>

#include <memory>

// The vendors of mail and short messages as a process of their own, with a token and a certificate that
// nobody else knows. Ends with this object.
class MessageVendorProcess
{
public:
    MessageVendorProcess(); // starts it; what cannot ends the program
    ~MessageVendorProcess();
    MessageVendorProcess(const MessageVendorProcess &) = delete;
    MessageVendorProcess &operator=(const MessageVendorProcess &) = delete;

    [[nodiscard]] const QUrl &page() const { return m_page; } // where a person reads all that was sent
    // What makes a sysops-server use it for short messages, and for mail where there is a certificate.
    [[nodiscard]] QStringList serverOptions() const;

    void behave(const QJsonObject &changes); // see sms_behaviour.h
    // The short messages that were taken, the newest last: "to", "text", "status".
    [[nodiscard]] QList<QJsonObject> texts();

private:
    [[nodiscard]] QString path(const QString &name) const { return m_directory.filePath(name); }
    void makeToken() const;
    [[nodiscard]] bool makeCertificate() const;
    [[nodiscard]] bool readUrls();
    BlockingClient::Answer
    control(const QByteArray &method, const QString &what, const QByteArray &body = {});

    QTemporaryDir m_directory;
    QTemporaryFile m_log;
    QProcess m_process;
    bool m_hasMail = false;
    QUrl m_page;
    QUrl m_sms;
    QUrl m_smtp;
};
