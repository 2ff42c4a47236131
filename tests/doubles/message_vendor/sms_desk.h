#pragma once

#include "shared/core/secret.h"
#include "tests/doubles/message_vendor/sms_behaviour.h"

#include <QThread>
#include <QUrl>

#include <memory>

class Router;

// A vendor of short messages that writes to nobody: it speaks Twilio's protocol over HTTP or HTTPS, tells
// what became of each message, and misbehaves as it is told. What happens to a message is decided by its
// number: https://www.twilio.com/docs/iam/test-credentials lists those that are refused; "+15005550011" is
// taken and not reached.
class SmsDesk
{
public:
    struct Options
    {
        QString certificate; // PEM files; empty: HTTP
        QString key;
        QString account = QStringLiteral("ACsandbox"); // and the key at Vonage
        Secret token; // and Vonage's secrets
    };

    struct Received
    {
        QString sid;
        QString to;
        QString from;
        QString text;
        QString status;
        QString receipts; // URL
        QString reference = {}; // Vonage's client-ref; Twilio has none
        qint64 at = 0; // seconds since 1970
    };

    explicit SmsDesk(const Options &options);
    ~SmsDesk();
    SmsDesk(const SmsDesk &) = delete;
    SmsDesk &operator=(const SmsDesk &) = delete;

    [[nodiscard]] Router &router(); // before listen(), for what else is to be answered
    [[nodiscard]] Result<void> listen(quint16 port = 0); // on 127.0.0.1
    void close(); // nobody is there any more
    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] QUrl url() const;

    void behave(const SmsBehaviour &behaviour);
    // Of those that were taken the last thousands, the newest last.
    [[nodiscard]] QList<Received> received() const;
    [[nodiscard]] int taken() const; // in all
    [[nodiscard]] int requests() const; // whatever became of them

private:
    class Door; // what lives on the thread
    struct House;

    void addRoutes();

    Options m_options;
    QThread m_thread;
    std::unique_ptr<Door> m_door;
    std::unique_ptr<House> m_house;
    quint16 m_port = 0;
};
