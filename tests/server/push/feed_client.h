#pragma once

#include "shared/api/push.h"

#include <QWebSocket>

// A client of the feed that remembers all it was told, over as many connections as it takes.
class FeedClient : public QObject
{
    Q_OBJECT
public:
    void open(const QUrl &url); // with what it saw last; ends the connection it may have
    void drop(); // without a word

    [[nodiscard]] const QList<api::PushMessage> &messages() const { return m_messages; }
    [[nodiscard]] QStringList texts() const;
    [[nodiscard]] QList<qint64> numbers() const;
    [[nodiscard]] const QList<api::PushWelcome> &welcomes() const { return m_welcomes; }
    [[nodiscard]] qint64 since() const { return m_since; }
    void setSince(qint64 since) { m_since = since; }
    [[nodiscard]] bool isWelcome() const { return m_isWelcome; }
    [[nodiscard]] int closeCode() const { return m_closeCode; } // 0: not closed
    [[nodiscard]] QWebSocket &socket() { return *m_socket; }
    [[nodiscard]] bool isUpset() const { return m_isUpset; } // something came that must not

private:
    void receive(const QString &text);

    std::unique_ptr<QWebSocket> m_socket;
    QList<api::PushMessage> m_messages;
    QList<api::PushWelcome> m_welcomes;
    qint64 m_since = 0;
    bool m_isWelcome = false;
    bool m_isUpset = false;
    int m_closeCode = 0;
};
