#pragma once

#include <QByteArray>
#include <QList>
#include <QThread>

#include <memory>

// A mail server that delivers to nobody: it speaks SMTP over TLS on a thread of its own, keeps what it is
// given, and misbehaves as it is told.
class SmtpSink
{
public:
    enum class Manner {
        takes,
        isBusy, // 451 to every recipient
        refuses, // 550 to every recipient
        hangsUpBeforeTheMail,
        hangsUpAfterTheMail, // which it has taken, and does not say so
        answersTwice
    };
    enum class Security { fromTheStart, afterStartTls, none };

    struct Options
    {
        Security security = Security::fromTheStart;
        QString certificate; // PEM files
        QString key;
        QByteArray credentials; // "user password"; empty: whoever comes
    };

    struct Received
    {
        QByteArray from;
        QByteArray to;
        QByteArray text;
    };

    explicit SmtpSink(const Options &options);
    ~SmtpSink();
    SmtpSink(const SmtpSink &) = delete;
    SmtpSink &operator=(const SmtpSink &) = delete;

    void listen(quint16 port = 0); // on 127.0.0.1
    void close(); // nobody is there any more
    [[nodiscard]] quint16 port() const;
    void behave(Manner manner);
    [[nodiscard]] QList<Received> received() const; // the last thousands

private:
    class Door;

    QThread m_thread;
    std::unique_ptr<Door> m_door;
    quint16 m_port = 0;
};
