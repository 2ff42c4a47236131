#pragma once

#include <QLocalServer>
#include <QObject>

// Sees to it that one person's app runs once: a second one would fight over the one refresh token that is
// good, and over the place in the feed. The second start brings the first window to the front instead.
class SingleInstance : public QObject
{
    Q_OBJECT
public:
    // `key` names what must not be shared: the settings file.
    explicit SingleInstance(const QString &key, QObject *parent = nullptr);

    // False: another one runs, and has been asked to show itself.
    [[nodiscard]] bool claim();

signals:
    void raised(); // somebody started the app again

private:
    [[nodiscard]] bool wakeOther() const;

    QString m_name;
    QLocalServer m_server;
};
