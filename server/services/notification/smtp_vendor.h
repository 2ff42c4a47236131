#pragma once

#include "server/services/notification/message_vendor.h"
#include "shared/core/secret.h"

#include <QUrl>

#include <memory>

// A mail server, spoken to by SMTP with TLS, from the start (smtps:) or after STARTTLS (smtp:). In the clear
// nothing is said, and a certificate that does not prove the server is refused.
class SmtpVendor : public MessageVendor
{
public:
    struct Options
    {
        QUrl url; // smtps://mail.example.com:465
        QString user; // empty: no authentication
        Secret password;
        QString from;
        QString authorities; // PEM file of those who may vouch for the server; empty: the system's
        std::chrono::milliseconds timeout { 10'000 };
    };

    explicit SmtpVendor(const Options &options);
    ~SmtpVendor() override;

    [[nodiscard]] QString name() const override;
    [[nodiscard]] std::chrono::milliseconds patience() const override { return m_options.timeout; }
    [[nodiscard]] Delivery deliver(const Mail &mail) override;

private:
    struct Line; // keeps the connection between two mails

    Options m_options;
    std::unique_ptr<Line> m_line;
};
